"""Noise that repeats without a seam, and the few shaping functions that the art shares."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Image", "lerp", "ranks", "step", "tileable", "white"]

Image = NDArray[np.floating[Any]]
"""Rows, columns and perhaps channels; float32 wherever it is kept."""


def tileable(
    rng: np.random.Generator,
    shape: tuple[int, int],
    cell: tuple[float, float],
    octaves: int = 4,
    gain: float = 0.55,
) -> Image:
    """Value noise in [0, 1] that is periodic in both directions.

    Parameters
    ----------
    shape, cell:
        Rows and columns of the image, and of the coarsest blob [texels].
    octaves, gain:
        Every octave halves the blobs and multiplies their strength by ``gain``.
    """
    rows, columns = shape
    total = np.zeros(shape, np.float32)
    weight, weights = 1.0, 0.0
    height, width = cell
    for _ in range(octaves):
        knots = max(1, round(rows / height)), max(1, round(columns / width))
        grid = np.pad(rng.random(knots, dtype=np.float32), 2, mode="wrap")
        y = (np.arange(rows, dtype=np.float32) * (knots[0] / rows) + 2.0).astype(np.float32)
        x = (np.arange(columns, dtype=np.float32) * (knots[1] / columns) + 2.0).astype(np.float32)
        map_x, map_y = np.meshgrid(x, y)
        total += np.float32(weight) * cv2.remap(grid, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)
        weights += weight
        weight *= gain
        height, width = max(1.0, height / 2), max(1.0, width / 2)
    spread = (total / np.float32(weights) - 0.5) * 1.8 + 0.5
    return np.asarray(np.clip(spread, 0.0, 1.0), np.float32)


def white(rng: np.random.Generator, shape: tuple[int, int]) -> Image:
    """Independent noise in [0, 1) for every texel."""
    return rng.random(shape, dtype=np.float32)


def step(x: Image, low: float | Image, high: float | Image) -> Image:
    """0 below ``low``, 1 above ``high``, smooth between."""
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def lerp(a: Image, b: ArrayLike, t: Image | float) -> Image:
    """Go from ``a`` to ``b``; a weight (rows, columns) spreads over channels, of (3,) or (rows, columns, 3)."""
    if isinstance(t, np.ndarray) and t.ndim == 2 and (a.ndim != 2 or np.ndim(b) != 2):
        t = t[..., None]
    return (a + (np.asarray(b, np.float32) - a) * t).astype(np.float32)


def ranks(values: Image) -> Image:
    """Replace values by their rank, spread evenly over [0, 1]."""
    flat = values.ravel()
    order = np.argsort(flat, kind="stable")
    out = np.empty(flat.size, np.float32)
    out[order] = np.linspace(0.0, 1.0, flat.size, dtype=np.float32)
    return out.reshape(values.shape)
