"""Plan: where the convolutions' kernels find and put each number. ``conv_planner`` works it out.

All counts and places are of float32 numbers, all tables int64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAYER", "OUTER", "PIXEL_SET", "TILE", "ConvPlan", "ConvShape", "Indices", "Tables"]

Indices = NDArray[np.int64]


class ConvShape(NamedTuple):
    """One square convolution of a stack: the map that it reads, how it walks over it, and the zeros around it."""

    channels: int
    height: int
    width: int
    filters: int
    kernel: int
    stride: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def out_height(self) -> int:
        """Rows of the map that it makes."""
        return (self.height + self.top + self.bottom - self.kernel) // self.stride + 1

    @property
    def out_width(self) -> int:
        """Columns of the map that it makes."""
        return (self.width + self.left + self.right - self.kernel) // self.stride + 1

    @property
    def run(self) -> int:
        """Numbers in a row of its window."""
        return self.kernel * self.channels

    @property
    def taps(self) -> int:
        """Most windows, along an axis, that see one pixel."""
        return -(-self.kernel // self.stride)


def _record(*names: str) -> np.dtype[Any]:
    return np.dtype([(name, np.int64) for name in names])


LAYER = _record(
    "filters", "bias", "bias_sums", "run_in_lanes",
    "map_rows", "map_row", "map_at", "map_pitch", "gradient_rows", "gradient_row", "gradient_at", "gradient_pitch",
    "first_set", "last_set", "first_outer", "last_outer", "first_offset", "last_offset",
)  # fmt: skip
"""Its map (that it reads) and gradient (of what it makes): rows, their length, first place, distance; and its calls."""

PIXEL_SET = _record("first", "count", "row_pitch", "first_tile", "last_tile", "lanes")
"""Pixels that the same tiles are for; ``row_pitch`` is that of what they read, ``lanes`` the distance of their sums."""

TILE = _record("shift", "rows", "run", "vectors", "lane", "weights", "goes_on")
"""A call of ``multiply_tile``, or of ``multiply_dots`` where ``vectors`` is 0; ``lane`` is the first one of its sums;
``goes_on``: from the sums of other tiles."""

OUTER = _record("shift", "vectors", "sums", "pitch")
"""A call of ``multiply_outer`` for each ``ROWS`` of the layer's offsets; ``sums`` is the first one's place."""


class Tables(NamedTuple):
    """What the kernels walk: records as above, of which ``sets`` begins with each layer's own; and each pixel's places.

    ``reads``: where its window begins. ``writes``: where its result goes. ``others``: where the gradient of its result
    stands, or, for a super-pixel, the activation that its gradient belongs to. ``skips``, ``counts``: which of its
    lanes are wanted. ``offsets``: those of ``multiply_outer``.
    """

    layers: NDArray[Any]
    sets: NDArray[Any]
    tiles: NDArray[Any]
    outers: NDArray[Any]
    reads: Indices
    writes: Indices
    others: Indices
    skips: Indices
    counts: Indices
    offsets: Indices


@dataclass(frozen=True)
class ConvPlan:
    """``tables`` and how much there is of everything.

    ``packing``: where in (weights, biases, a zero) each packed weight comes from; the first ``forward_packed`` are all
    that the maps need. ``unpacking``: where in the sums the gradient of each of (weights, biases) ends. ``scratch``:
    the first two maps and all gradients; ``tape``: the other maps; ``lanes``: most lanes of a pixel. ``out_shape``: of
    the last map, (channels, height, width).
    """

    tables: Tables
    packing: Indices
    unpacking: Indices
    forward_packed: int
    scratch: int
    tape: int
    lanes: int
    sums: int
    out_shape: tuple[int, int, int]
