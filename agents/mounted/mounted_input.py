"""MountedInput: from camera frames to the numbers that a network of others sees, in two stages as preprocessing has."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.mounted.pictures import PictureInput
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation
from wormdrive.perception.picture_window import PictureWindow

__all__ = ["MountedInput"]


class MountedInput:
    """Stands where a ``Preprocessor`` stands: what comes out are ``PictureInput``'s numbers, to the bit.

    frames (M, H, W, 3) uint8  --reduce-->  images (M, C, h, w) in [0, 1]  --call-->  numbers (M, C, h, w)
    """

    def __init__(self, mount: Mount) -> None:
        self._mount, self._picture = mount, PictureInput(mount)
        self._gain, self._offset = (
            torch.from_numpy(np.atleast_1d(numbers))[:, None, None]
            for numbers in (self._picture.gain, self._picture.offset)
        )

    @property
    def frames_allowed(self) -> str:
        """What ``takes`` takes, in words."""
        return f"an array (B, {self._mount.camera.height}, {self._mount.camera.width}, 3) of uint8"

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of an image: (C, h, w)."""
        width, height = self._mount.size or self._mount.cropped
        return (1 if self._mount.colours == "grey" else 3), height, width

    @property
    def window(self) -> PictureWindow:
        """Which part of the frame the network sees."""
        crop, camera = self._mount.crop, self._mount.camera
        width, height = self._mount.cropped
        return PictureWindow(camera.height, camera.width, crop.top, crop.left, height, width, *self.shape[1:])

    def takes(self, frames: object) -> bool:
        """Whether ``frames`` are at least one picture of the mount's camera."""
        size = (self._mount.camera.height, self._mount.camera.width, 3)
        return (
            isinstance(frames, np.ndarray) and frames.dtype == np.uint8 and frames.shape[1:] == size and len(frames) > 0
        )

    def look(self, observation: Observation) -> NDArray[Any]:
        """Return the camera frames (N, H, W, 3) of an observation.

        Raises
        ------
        ArgumentError
            There are none.
        """
        if observation.camera is None:
            raise ArgumentError("camera=None: allowed for a network that drives by pictures is a camera")
        return observation.camera

    def reduce(self, frames: Tensor) -> Tensor:
        """Crop, colour and resize: (M, H, W, 3) uint8 -> (M, C, h, w) float32 in [0, 1]."""
        pixels = np.stack([self._picture.pixels(frame) for frame in frames.cpu().numpy()])
        return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float() / 255.0

    def __call__(self, images: Tensor) -> Tensor:
        """Make of images (M, C, h, w) in [0, 1] the numbers that the mount wants."""
        return images * 255.0 * self._gain + self._offset
