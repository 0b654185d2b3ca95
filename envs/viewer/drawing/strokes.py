"""Strokes: smooth lines and spots on a picture, at fractions of pixels."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["polygon", "polyline", "spot"]

_BITS: Final = 4
"""Bits of a pixel's fraction."""


def polyline(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], colour: tuple[int, ...], thickness: int = 1
) -> None:
    """Draw a line through ``points`` (n, 2), x and y [px]."""
    if len(points) > 1:
        cv2.polylines(canvas, [_fine(canvas, points)[:, None]], False, colour, thickness, cv2.LINE_AA, _BITS)


def polygon(canvas: NDArray[np.uint8], corners: NDArray[np.float64], colour: tuple[int, ...]) -> None:
    """Fill the polygon with ``corners`` (n, 2), x and y [px]."""
    cv2.fillPoly(canvas, [_fine(canvas, corners)], colour, cv2.LINE_AA, _BITS)


def spot(
    canvas: NDArray[np.uint8],
    at: NDArray[np.float64],
    radius: float,
    colour: tuple[int, ...],
    thickness: int = -1,
) -> None:
    """Draw a circle of ``radius`` [px], filled without a ``thickness``."""
    x, y = _fine(canvas, at[None])[0].tolist()
    cv2.circle(canvas, (x, y), round(radius * (1 << _BITS)), colour, thickness, cv2.LINE_AA, _BITS)


def _fine(canvas: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return points in fractions of pixels; what lies far off the canvas is moved nearer, to stay a small number."""
    reach = 8.0 * max(canvas.shape)
    return np.asarray(np.round(np.clip(points, -reach, reach) * (1 << _BITS)), np.int32)
