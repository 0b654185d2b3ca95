"""Pictures as a network of others wants them, made of camera frames by its mount."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.mounted.mount import Mount

__all__ = ["PictureInput"]

_COLOURS: Final[dict[str, int | None]] = {
    "RGB": None,
    "BGR": cv2.COLOR_RGB2BGR,
    "YUV": cv2.COLOR_RGB2YUV,
    "grey": cv2.COLOR_RGB2GRAY,
}
_RESIZE: Final = {"area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR, "nearest": cv2.INTER_NEAREST}


class PictureInput:
    """Makes one picture of one frame.

    ``gain`` and ``offset``, one number or one a colour, make the picture's numbers of its pixels.
    """

    def __init__(self, mount: Mount) -> None:
        self.mount = mount
        low, high = mount.range
        mean, deviation = (np.asarray(value, np.float64) for value in (mount.mean, mount.deviation))
        self.gain = ((high - low) / 255.0 / deviation).astype(np.float32)
        self.offset = ((low - mean) / deviation).astype(np.float32)

    def __call__(self, frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Camera frame (H, W, 3) uint8 RGB -> picture of the mount's ``picture_shape``, float32."""
        numbers = self.pixels(frame).astype(np.float32) * self.gain + self.offset
        axes = numbers.transpose(2, 0, 1) if self.mount.layout == "NCHW" else numbers
        return np.ascontiguousarray(axes[None], np.float32)

    def pixels(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Camera frame (H, W, 3) uint8 RGB -> what the network sees of it, before it becomes numbers: (h, w, C)."""
        mount = self.mount
        width, height = mount.cropped
        image: Any = frame[mount.crop.top : mount.crop.top + height, mount.crop.left : mount.crop.left + width]
        conversion = _COLOURS[mount.colours]
        if conversion is not None:
            image = cv2.cvtColor(np.ascontiguousarray(image), conversion)
        if mount.size is not None and mount.size != (width, height):
            image = cv2.resize(np.ascontiguousarray(image), mount.size, interpolation=_RESIZE[mount.resize])
        return np.asarray(np.atleast_3d(image), np.uint8)
