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

__all__ = ["SIZE", "Colour", "SpriteCanvas"]

SIZE: Final = 2 * SPRITE_TEXELS
_SHIFT: Final = 3  # coordinates are eighths of a pixel
_LEAF: Final = np.array(((1.0, 0.0), (0.35, 0.55), (-0.45, 0.50), (-1.0, 0.05), (-0.45, -0.50), (0.35, -0.55)))

Colour = NDArray[np.floating] | Sequence[float]


class SpriteCanvas:
    """A transparent square of SIZE x SIZE, x right, y down; colours are roots of linear reflectance in [0, 1].

    With a ``margin`` there is that much more of it on the left, the right and on top, for what grows as it likes and
    is fitted into the square at the end.
    """

    def __init__(self, margin: int = 0) -> None:
        self.pixels: NDArray[np.uint8] = np.zeros((SIZE + margin, SIZE + 2 * margin, 4), np.uint8)
        self.middle: float = SIZE / 2 + margin
        self.bottom: float = SIZE - 1.0 + margin

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

    def leaves(self, places: Image, radii: Image, angles_rad: Image, colours: Image) -> None:
        """Fill pointed ovals one after the other.

        ``places`` (n, 2), ``radii`` (n,) half their lengths [px], ``angles_rad`` (n,), ``colours`` (n, 3).
        """
        cos, sin = np.cos(angles_rad)[:, None], np.sin(angles_rad)[:, None]
        along, across = _LEAF[:, 0] * radii[:, None], _LEAF[:, 1] * radii[:, None]
        outlines = np.stack((along * cos - across * sin, along * sin + across * cos), axis=-1) + places[:, None, :]
        fixed = np.round(outlines * 8).astype(np.int32)
        inks = np.round(np.clip(colours, 0.0, 1.0) * 255.0).tolist()
        for outline, (r, g, b) in zip(fixed, inks, strict=True):
            cv2.fillConvexPoly(self.pixels, outline, (r, g, b, 255.0), cv2.LINE_AA, _SHIFT)

    def polygon(self, points: Sequence[tuple[float, float]] | Image, colour: Colour) -> None:
        """Fill a polygon."""
        fixed = [np.round(np.asarray(points) * 8).astype(np.int32)]
        cv2.fillPoly(self.pixels, fixed, _ink(colour), cv2.LINE_AA, _SHIFT)

    def finish(self, fill: float = 0.0) -> Image:
        """Return (256, 256, 4) linear light times alpha, and alpha; row 0 on top.

        With ``fill`` the drawing is stretched to the top of the square and to this share of its width, its foot kept
        in the middle.
        """
        image = self.pixels.astype(np.float32) / 255.0
        alpha = image[..., 3:]
        # strokes blend into nothing, so the colours at their edges already carry alpha once
        image[..., :3] = image[..., :3] ** 2 / np.maximum(alpha, 1.0 / 255.0)
        image = np.clip(image, 0.0, 1.0).astype(np.float32)
        if fill == 0.0:
            return halve(image)
        solid = image[..., 3] > 0.05
        columns = np.flatnonzero(solid.sum(axis=0) > 4)
        rows = np.flatnonzero(solid.sum(axis=1) > 2)
        middle = round(self.middle)
        half = int(min(max(middle - columns.min(), columns.max() + 1 - middle) + 3, middle))
        cut = image[max(int(rows.min()) - 3, 0) :, middle - half : middle + half]
        width = 2 * round(SPRITE_TEXELS * fill / 2)
        out = np.zeros((SPRITE_TEXELS, SPRITE_TEXELS, 4), np.float32)
        left = (SPRITE_TEXELS - width) // 2
        out[:, left : left + width] = cv2.resize(cut, (width, SPRITE_TEXELS), interpolation=cv2.INTER_AREA)
        return out


def _ink(colour: Colour) -> tuple[float, float, float, float]:
    r, g, b = (min(max(float(channel), 0.0), 1.0) * 255.0 for channel in colour)
    return r, g, b, 255.0
