"""Preprocessing: from camera frames to what the convolutional head sees.

Two stages, so that augmentation can work between them on small images with values in [0, 1]:

    frames (M, H, W, 3) uint8  --reduce-->  images (M, C, h, w) in [0, 1]  --normalise-->  images (M, C, h, w)

Local contrast normalisation forgets brightness and keeps structure. By itself it does not carry a summer policy into
winter: there the augmentation ``wheel_tracks`` or ``cross_section`` is needed, too (see ``augment_families``).

On a CPU both stages run in compiled kernels, elsewhere, and wherever gradients are wanted, in torch.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation
from wormdrive.perception.kernels.chunks import each_chunk
from wormdrive.perception.kernels.conditions import is_plain, nobody_watches
from wormdrive.perception.kernels.preprocess_kernel import local_contrast, reduce_frames, whiten
from wormdrive.perception.picture_window import PictureWindow

__all__ = ["PreprocessConfig", "Preprocessor"]

# ITU-R BT.601 luma in 256ths. Whole numbers, so that sums of uint8 are exact in float32 in whatever order they are
# added: `reduce` gives the same bits for every batch size, thread count and machine.
_GREY_256THS = (77, 151, 28)

# Weights of the local and of the image's mean deviation, so that flat regions are not blown up to noise.
_LOCAL_SHARE, _GLOBAL_SHARE = 0.7, 0.3
_LEAST_VARIANCE = 1e-6


class PreprocessConfig(BaseModel):
    """How frames are made small and normalised.

    The defaults are the network input that, trained with augmentation, drives in winter too;
    ``PreprocessConfig.paper()`` is that of Lechner, Hasani et al. (2020).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    height: int = Field(default=78, ge=8, le=2048, description="of the camera frame [pixels]")
    width: int = Field(default=200, ge=8, le=2048, description="of the camera frame [pixels]")
    downsample: int = Field(default=2, ge=1, le=8, description="side of the square of pixels averaged into one")
    colour: Literal["rgb", "grey"] = "grey"
    crop_top: int = Field(default=0, ge=0, le=2048, description="rows cut off at the top after downsampling")
    normalisation: Literal["whitening", "local_contrast", "contrast_magnitude"] = "local_contrast"
    window: int = Field(default=11, ge=3, le=101, description="side of the local contrast window [pixels], odd")
    floor: float = Field(default=0.01, gt=0.0, le=1.0, description="least (or added) deviation to divide by")

    @classmethod
    def paper(cls) -> PreprocessConfig:
        """78x200 RGB, each image whitened."""
        return cls(downsample=1, colour="rgb", normalisation="whitening", floor=1.0 / (78 * 200 * 3) ** 0.5)

    @model_validator(mode="after")
    def _check(self) -> PreprocessConfig:
        for name, size in (("height", self.height), ("width", self.width)):
            if size % self.downsample:
                raise ValueError(f"{name}={size} must be a multiple of downsample={self.downsample}")
        if self.height // self.downsample - self.crop_top < 4 or self.width // self.downsample < 4:
            raise ValueError("at least 4 rows and 4 columns must be left after downsampling and cropping")
        if self.window % 2 == 0:
            raise ValueError(f"window={self.window} must be odd")
        return self

    @property
    def channels(self) -> int:
        """C: 1 for grey, 3 for RGB."""
        return 1 if self.colour == "grey" else 3

    @property
    def image_height(self) -> int:
        """Rows h of the reduced image [pixels]."""
        return self.height // self.downsample - self.crop_top

    @property
    def image_width(self) -> int:
        """Columns w of the reduced image [pixels]."""
        return self.width // self.downsample

    @property
    def picture_window(self) -> PictureWindow:
        """Which part of the frame the reduced image shows."""
        rows, columns, side = self.image_height, self.image_width, self.downsample
        return PictureWindow(
            self.height, self.width, self.crop_top * side, 0, rows * side, columns * side, rows, columns
        )


class ContrastScale(NamedTuple):
    """``centred`` (M, C, h, w) is divided by ``divisor``, of a shape that fits it, which is never below ``least``."""

    centred: Tensor
    divisor: Tensor
    least: float


class Preprocessor(nn.Module):
    """Both stages of preprocessing; holds constants only, nothing that is trained or saved.

    - ``whitening``: (x - mean) / max(deviation, floor) over all pixels and channels of an image, as TensorFlow's
      ``per_image_standardization`` that the paper used.
    - ``local_contrast``: (x - m) / (0.7 s + 0.3 mean(s) + floor), where m and s are each pixel's mean and deviation in
      a ``window`` x ``window`` neighbourhood (cut at the border) and mean(s) is over the image; channels by themselves.
    - ``contrast_magnitude``: the same without its sign: a bright line on dark ground looks as a dark one on bright.

    Examples
    --------
    >>> preprocessor = Preprocessor(PreprocessConfig())
    >>> images = preprocessor.reduce(torch.zeros(2, 78, 200, 3, dtype=torch.uint8))
    >>> images.shape, preprocessor(images).shape
    (torch.Size([2, 1, 39, 100]), torch.Size([2, 1, 39, 100]))
    """

    fused: bool = True
    """Whether the kernels are used where they apply; else torch computes everything."""
    frames_allowed: ClassVar[str] = "an array (B, H, W, 3) of uint8"

    _mixing: Tensor
    _mean_rows: Tensor
    _mean_columns: Tensor

    def __init__(self, config: PreprocessConfig) -> None:
        super().__init__()
        self.config = config
        channel_weights = np.eye(3) if config.colour == "rgb" else np.array([_GREY_256THS])
        self._weights = channel_weights.astype(np.float32)
        self._constant("_mixing", torch.tensor(channel_weights.T.tolist()).float().repeat(config.downsample, 1))
        self._scale = 1.0 / (255.0 * config.downsample**2 * (256 if config.colour == "grey" else 1))
        if config.normalisation != "whitening":
            self._constant("_mean_rows", _window_mean(config.image_height, config.window))
            self._constant("_mean_columns", _window_mean(config.image_width, config.window).T.contiguous())

    def _constant(self, name: str, value: Tensor) -> None:
        self.register_buffer(name, value, persistent=False)

    def takes(self, frames: object) -> bool:
        """Whether ``frames`` are at least one picture, of whatever size."""
        return isinstance(frames, np.ndarray) and frames.dtype == np.uint8 and frames.ndim == 4 and len(frames) > 0

    def look(self, observation: Observation) -> NDArray[np.uint8]:
        """Return the camera frames (N, H, W, 3) of an observation.

        Raises
        ------
        ArgumentError
            It has none.
        """
        if observation.camera is None:
            raise ArgumentError("observation.camera=None: a policy needs camera frames")
        return observation.camera

    @torch.no_grad()
    def reduce(self, frames: Tensor) -> Tensor:
        """Grey, mean of squares of pixels, crop.

        ``frames`` (M, H, W, 3) uint8 -> (M, C, h, w) float32 in [0, 1]. Bit for bit the same whatever M and machine.

        Raises
        ------
        ArgumentError
            When ``frames`` has another type or shape.
        """
        config = self.config
        if frames.dtype != torch.uint8 or frames.ndim != 4 or frames.shape[1:] != (config.height, config.width, 3):
            raise ArgumentError(
                f"frames: {frames.dtype} {tuple(frames.shape)}: allowed is torch.uint8 (M, {config.height}, "
                f"{config.width}, 3)"
            )
        if self.fused and nobody_watches() and is_plain(frames, torch.uint8):
            return self._reduce_fused(frames)
        step = config.downsample
        kept = frames[:, config.crop_top * step :]
        rows = kept.reshape(len(frames), config.image_height, step, config.width, 3)
        summed = rows[:, :, 0].to(torch.float32)
        for i in range(1, step):
            summed += rows[:, :, i]
        columns = summed.view(len(frames), config.image_height, config.image_width, step * 3)
        with torch.autocast(frames.device.type, enabled=False):
            mixed = columns @ self._mixing
        return mixed.mul_(self._scale).permute(0, 3, 1, 2).contiguous()

    def normalise(self, images: Tensor) -> Tensor:
        """(M, C, h, w) in [0, 1] -> (M, C, h, w) float32 around 0; always computed in float32."""
        config = self.config
        expected = (config.channels, config.image_height, config.image_width)
        if images.ndim != 4 or images.shape[1:] != expected:
            raise ArgumentError(f"images: shape {tuple(images.shape)}: allowed is (M, {', '.join(map(str, expected))})")
        if self.fused and nobody_watches() and is_plain(images) and not images.requires_grad:
            return self._normalise_fused(images)
        with torch.autocast(images.device.type, enabled=False):
            parts = self.contrast_scale(images.float())
            contrast = parts.centred / parts.divisor
            return contrast.abs() if config.normalisation == "contrast_magnitude" else contrast

    def contrast_scale(self, images: Tensor) -> ContrastScale:
        """Return what ``normalise`` divides, and by what; images (M, C, h, w) in [0, 1], in float32 or float64."""
        config = self.config
        centred = images - _image_mean(images)
        if config.normalisation == "whitening":
            divisor = _image_mean(centred.square()).sqrt().clamp_min(config.floor)
            return ContrastScale(centred, divisor, config.floor)
        mean = self._local_mean(centred)
        variance = self._local_mean(centred.square()).addcmul(mean, mean, value=-1.0)
        deviation = variance.clamp_min(_LEAST_VARIANCE).sqrt()
        overall = deviation.mean((2, 3), keepdim=True) * _GLOBAL_SHARE + config.floor
        return ContrastScale(centred - mean, deviation * _LOCAL_SHARE + overall, _LEAST_VARIANCE**0.5 + config.floor)

    def forward(self, images: Tensor) -> Tensor:
        """Normalise: (M, C, h, w) in [0, 1] -> (M, C, h, w)."""
        return self.normalise(images)

    def _reduce_fused(self, frames: Tensor) -> Tensor:
        config, pixels = self.config, _rows(frames)
        images = torch.empty(len(frames), config.channels, config.image_height, config.image_width)
        size, out = (config.crop_top, config.image_height, config.image_width), _rows(images)

        def work(first: int, last: int) -> None:
            reduce_frames(pixels, size, config.downsample, self._weights, np.float32(self._scale), first, last, out)

        _do(work, len(frames))
        return images

    def _normalise_fused(self, images: Tensor) -> Tensor:
        config, pixels = self.config, _rows(images)
        normalised = torch.empty(images.shape)
        out, floor = _rows(normalised), np.float32(config.floor)
        size = (config.channels, config.image_height, config.image_width)
        numbers = (np.float32(_LOCAL_SHARE), np.float32(_GLOBAL_SHARE), floor, np.float32(_LEAST_VARIANCE))

        def work(first: int, last: int) -> None:
            if config.normalisation == "whitening":
                whiten(pixels, config.image_width, floor, first, last, out)
            else:
                local_contrast(pixels, size, config.window, numbers, first, last, out)
            if config.normalisation == "contrast_magnitude":
                np.abs(out[first:last], out=out[first:last])

        _do(work, len(images))
        return normalised

    def _local_mean(self, images: Tensor) -> Tensor:
        # A box filter as two products with banded matrices: exact at the border, and several times quicker on a CPU
        # than pooling with windows this large. Each image by itself, so that it has the same bits alone and in company.
        planes = images.flatten(0, 1)
        rows, columns = self._mean_rows.to(planes.dtype), self._mean_columns.to(planes.dtype)
        across = torch.bmm(planes, columns.expand(len(planes), -1, -1))
        return torch.bmm(rows.expand(len(planes), -1, -1), across).view(images.shape)


def _do(work: Callable[[int, int], None], count: int) -> None:
    """Have ``count`` images computed, by as many threads as torch may use."""
    for _ in each_chunk(count, work):
        pass


def _rows(tensor: Tensor) -> NDArray[Any]:
    """Look at a tensor as an array of one row an image; a copy only where it is not contiguous."""
    array: NDArray[Any] = tensor.contiguous().reshape(len(tensor), math.prod(tensor.shape[1:])).numpy()
    return array


def _image_mean(images: Tensor) -> Tensor:
    """(M, C, h, w) -> each image's mean, (M, 1, 1, 1)."""
    # Row by row: the sum over one large image would be shared out among threads, that over one of many would not.
    return images.mean(3, keepdim=True).mean((1, 2), keepdim=True)


def _window_mean(size: int, window: int) -> Tensor:
    """(size, size) matrix; row i averages over the indices within ``window // 2`` of i that exist."""
    index = torch.arange(size)
    near = ((index[:, None] - index[None, :]).abs() <= window // 2).float()
    return near / near.sum(1, keepdim=True)
