"""The road, painted once for every neuron: how active it is where, and how long its time constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.scenarios.report.canvas import Canvas

__all__ = ["paint_road"]

_COLUMNS: Final = 7
_WIDTH: Final = 100.0
_INSET: Final = 8.0
_FLATTEST: Final = 6.0
_NAME: Final = 16.0
_PIECES: Final = 60
_SHADES: Final = 5
"""Classes ``shade0`` to ``shade4`` of the style sheet, light to dark (in the dark: dark to light)."""


def paint_road(place: NDArray[np.float64], shares: NDArray[np.float64], names: Sequence[str], label: str) -> str:
    """Draw the way of a car ``place`` (T, 2) [m] for each column of ``shares`` (T, N), 0 to 1, to its right."""
    kept = np.unique(np.linspace(0, len(place) - 1, _PIECES + 1).round().astype(int))
    track = _fitted(place[kept], _WIDTH - 2 * _INSET)
    width, height = _WIDTH, _NAME + 2 * _INSET + max(float(track[:, 1].max()), _FLATTEST)
    canvas = Canvas(width * min(_COLUMNS, len(names)), height * -(-len(names) // _COLUMNS), label)
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


def _fitted(place: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Return the way in pixels from the upper left corner, turned so that it ends right of where it begins.

    It fills a square of ``width`` in one direction at least.
    """
    east, north = place[-1] - place[0]
    angle = np.arctan2(north, east)
    turned = (place - place[0]) @ np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]]).T
    size = np.ptp(turned, axis=0)
    fitted: NDArray[np.float64] = (turned - turned.min(0)) * (width / max(*size, 1e-9))
    fitted[:, 0] += (width - fitted[:, 0].max()) / 2
    return fitted


def _runs(shades: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return first and last index of every stretch of one shade."""
    begins = [0, *(np.flatnonzero(np.diff(shades)) + 1).tolist()]
    return list(zip(begins, [*(begin - 1 for begin in begins[1:]), len(shades) - 1], strict=True))
