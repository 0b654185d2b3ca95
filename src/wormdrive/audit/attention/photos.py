"""Photos: pictures of one's own, read with care, cut and made small as a policy's camera would have taken them."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.simulation.camera_config import CameraConfig

with needs_extra("report"):
    from PIL import Image, ImageOps

__all__ = ["Crop", "as_camera", "horizon_of", "read_photo"]

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_MOST_BYTES: Final = 64 * 2**20
_MOST_PIXELS: Final = 64_000_000
_LEAST_SIDE: Final = 32
_ALLOWED: Final = (
    f"allowed are {', '.join(_FORMATS)} of up to {_MOST_BYTES // 2**20} MiB, sides from {_LEAST_SIDE} pixels on and "
    f"{_MOST_PIXELS / 1e6:.0f} megapixels at most"
)


@dataclass(frozen=True)
class Crop:
    """What of a photo of ``width`` x ``height`` pixels was kept: its left upper corner and size [pixels]."""

    width: int
    height: int
    left: int
    top: int
    kept_width: int
    kept_height: int


def read_photo(file: Path) -> NDArray[np.uint8]:
    """Read a picture of a camera, turned upright: (H, W, 3) uint8 RGB.

    The file is untrusted: its size is looked at before it is read, its picture's before it is unpacked.

    Raises
    ------
    ArgumentError
        It is missing, no picture, broken, or too large.
    """
    try:
        size = file.stat().st_size
        if not file.is_file():
            raise ArgumentError(f"{file}: not a file: {_ALLOWED}")
        if size > _MOST_BYTES:
            raise ArgumentError(f"{file}: {size / 2**20:.0f} MiB: {_ALLOWED}")
        data = file.read_bytes()
    except OSError as error:
        raise ArgumentError(f"{file}: cannot be read: {error.strerror}") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own bound is lower
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise ArgumentError(f"{file}: a picture of far too many pixels: {_ALLOWED}") from error
    except Exception as error:  # headers of untrusted files fail in whatever way
        raise ArgumentError(f"{file}: not a picture: {_ALLOWED}") from error
    width, height = picture.size
    if width * height > _MOST_PIXELS or min(width, height) < _LEAST_SIDE:
        raise ArgumentError(f"{file}: a picture of {width} x {height} pixels: {_ALLOWED}")
    try:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception as error:  # so do their pixels
        raise ArgumentError(f"{file}: broken: {error}: {_ALLOWED}") from error
    return np.asarray(upright, np.uint8)


def horizon_of(camera: CameraConfig) -> float:
    """Return where a camera sees the horizon of level ground, as a share of the picture's height from the top."""
    focal = camera.width / 2 / math.tan(math.radians(camera.fov_deg) / 2)
    return min(max(0.5 - focal * math.tan(camera.pitch_rad) / camera.height, 0.0), 1.0)


def as_camera(photo: NDArray[np.uint8], camera: CameraConfig, horizon: float = 0.5) -> tuple[NDArray[np.uint8], Crop]:
    """Cut a photo (H, W, 3) to a camera's shape, and make it as small: (height, width, 3) uint8, and what was kept.

    As much is kept as can be, from the middle of its columns, such that ``horizon``, a share of the photo's height from
    the top, comes to lie where the camera has its own, as far as there are rows.
    """
    height, width = photo.shape[:2]
    shape = camera.width / camera.height
    kept_width, kept_height = min(width, round(height * shape)), min(height, round(width / shape))
    top = round(horizon * height - horizon_of(camera) * kept_height)
    top, left = min(max(top, 0), height - kept_height), (width - kept_width) // 2
    kept = np.ascontiguousarray(photo[top : top + kept_height, left : left + kept_width])
    small = cv2.resize(kept, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), Crop(width, height, left, top, kept_width, kept_height)
