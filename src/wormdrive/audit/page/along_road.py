"""The road, painted once for every neuron: how active it is where, and how long its time constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.scenarios.report.canvas import Canvas

__all__ = ["paint_road"]

_COLUMNS: Final = 7
_CELL: Final = (100.0, 96.0)
_INSET: Final = 8.0
_NAME: Final = 16.0
_PIECES: Final = 60
_SHADES: Final = 5
"""Classes ``shade0`` to ``shade4`` of the style sheet, light to dark (in the dark: dark to light)."""


def paint_road(place: NDArray[np.float64], shares: NDArray[np.float64], names: Sequence[str], label: str) -> str:
    """Draw the way of a car ``place`` (T, 2) [m] for each column of ``shares`` (T, N), 0 to 1, as SVG; x is right."""
    width, height = _CELL
    rows = -(-len(names) // _COLUMNS)
    canvas = Canvas(width * min(_COLUMNS, len(names)), height * rows, label)
    kept = np.unique(np.linspace(0, len(place) - 1, _PIECES + 1).round().astype(int))
    track = _fitted(place[kept], width - 2 * _INSET, height - _NAME - 2 * _INSET)
    for k, name in enumerate(names):
        left, top = width * (k % _COLUMNS), height * (k // _COLUMNS)
        canvas.text((left + width / 2, top + 12.0), name.replace("_", " "), "tick", "middle")
        shades = np.minimum((shares[kept, k] * _SHADES).astype(int), _SHADES - 1)
        corner = (left + _INSET, top + _NAME + _INSET)
        for first, last in _runs(shades[:-1]):
            piece = [(corner[0] + x, corner[1] + y) for x, y in track[first : last + 2]]
            canvas.curve(piece, f"road shade{shades[first]}")
        canvas.mark((corner[0] + track[0, 0], corner[1] + track[0, 1]), 0, "the drive begins here", "road-begin")
    return canvas.svg


def _fitted(place: NDArray[np.float64], width: float, height: float) -> NDArray[np.float64]:
    """Return the way in pixels from the upper left corner, in one scale, in the middle of what room there is."""
    low, size = place.min(0), np.ptp(place, axis=0)
    scale = min(width / max(size[0], 1e-9), height / max(size[1], 1e-9))
    room = (np.array([width, height]) - scale * size) / 2
    across, up = (scale * (place - low)).T
    return np.stack([room[0] + across, height - room[1] - up], axis=1)


def _runs(shades: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return first and last index of every stretch of one shade."""
    begins = [0, *(np.flatnonzero(np.diff(shades)) + 1).tolist()]
    return list(zip(begins, [*(begin - 1 for begin in begins[1:]), len(shades) - 1], strict=True))
