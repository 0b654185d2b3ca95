"""Canvas: where a sprite is drawn, at twice the size that the atlas keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.art.layout import SPRITE_TEXELS
from wormdrive.envs.seasons.art.mips import halve
from wormdrive.envs.seasons.art.noise import Image

__all__ = ["BOTTOM", "MIDDLE", "SIZE", "Canvas", "Colour"]

SIZE: Final = 2 * SPRITE_TEXELS
MIDDLE: Final = SIZE / 2
BOTTOM: Final = SIZE - 1
_SHIFT: Final = 3

Colour = NDArray[np.floating] | Sequence[float]


class Canvas:
    """A transparent square of SIZE x SIZE, x right, y down; colours are roots of linear reflectance in [0, 1]."""

    def __init__(self) -> None:
        self.pixels: NDArray[np.uint8] = np.zeros((SIZE, SIZE, 4), np.uint8)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float, colour: Colour) -> None:
        """Draw a stroke of ``width`` pixels."""
        ends = (round(x0 * 8), round(y0 * 8)), (round(x1 * 8), round(y1 * 8))
        cv2.line(self.pixels, *ends, _ink(colour), max(1, round(width)), cv2.LINE_AA, _SHIFT)

    def curve(self, points: Image, width: float, colour: Colour) -> None:
        """Draw a stroke through ``points`` (n, 2)."""
        fixed = [np.round(points * 8).astype(np.int32)]
        cv2.polylines(self.pixels, fixed, False, _ink(colour), max(1, round(width)), cv2.LINE_AA, _SHIFT)

    def blob(
        self, x: float, y: float, radius: float, colour: Colour, flat: float = 0.7, angle_deg: float = 0.0
    ) -> None:
        """Fill an ellipse whose smaller half axis is ``flat * radius``."""
        axes = max(1, round(radius * 8)), max(1, round(radius * flat * 8))
        centre = round(x * 8), round(y * 8)
        cv2.ellipse(self.pixels, centre, axes, angle_deg, 0, 360, _ink(colour), -1, cv2.LINE_AA, _SHIFT)

    def polygon(self, points: Sequence[tuple[float, float]] | Image, colour: Colour) -> None:
        """Fill a polygon."""
        fixed = [np.round(np.asarray(points) * 8).astype(np.int32)]
        cv2.fillPoly(self.pixels, fixed, _ink(colour), cv2.LINE_AA, _SHIFT)

    def finish(self) -> Image:
        """Give (256, 256, 4) linear light times alpha, and alpha; row 0 on top."""
        image = self.pixels.astype(np.float32) / 255.0
        alpha = image[..., 3:]
        # strokes blend into nothing, so the colours at their edges already carry alpha once
        image[..., :3] = image[..., :3] ** 2 / np.maximum(alpha, 1.0 / 255.0)
        return halve(np.clip(image, 0.0, 1.0).astype(np.float32))


def _ink(colour: Colour) -> tuple[float, float, float, float]:
    r, g, b = (min(max(float(channel), 0.0), 1.0) * 255.0 for channel in colour)
    return r, g, b, 255.0
