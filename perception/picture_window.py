"""Picture window: which part of a camera's frame a small picture shows, and how to go from one to the other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["PictureWindow"]

Maps = NDArray[np.float64]


class PictureWindow(NamedTuple):
    """Of a frame (``frame_height``, ``frame_width``) the part that lies ``top`` and ``left`` of which is cut off.

    ``height`` and ``width`` [pixels of the frame] become a picture of ``rows`` and ``columns``.
    """

    frame_height: int
    frame_width: int
    top: int
    left: int
    height: int
    width: int
    rows: int
    columns: int

    def reduced(self, maps: NDArray[np.generic]) -> Maps:
        """Return the mean over what each pixel of the picture shows: (..., H, W) -> (..., rows, columns)."""
        shown = maps[..., self.top : self.top + self.height, self.left : self.left + self.width].astype(np.float64)
        return np.asarray(_shares(self.rows, self.height) @ shown @ _shares(self.columns, self.width).T, np.float64)

    def enlarged(self, maps: Maps) -> Maps:
        """Lay maps (..., rows, columns) on the pixels of the frame (..., H, W); what is cut off is 0."""
        down = np.arange(self.height) * self.rows // self.height
        across = np.arange(self.width) * self.columns // self.width
        large = np.zeros((*maps.shape[:-2], self.frame_height, self.frame_width))
        large[..., self.top : self.top + self.height, self.left : self.left + self.width] = maps[..., down, :][
            ..., across
        ]
        return large


def _shares(parts: int, size: int) -> Maps:
    """Return how much of each of ``parts`` equal lengths each of ``size`` pixels makes up: rows sum to 1."""
    ends = np.arange(parts + 1) * (size / parts)
    pixels = np.arange(size)
    low = np.maximum(ends[:-1, None], pixels)
    high = np.minimum(ends[1:, None], pixels + 1)
    return np.asarray(np.maximum(high - low, 0.0) * (parts / size), np.float64)
