"""Route: the lane to follow, sampled along its station s.

The common currency of the simulators, the expert, the metrics and the camera. Axes are ISO 8855 and OpenDRIVE's own:
x forward/east, y left/north, z up, angles counter-clockwise. The route's line is the centre of the ego lane; lateral
positions d are measured from it, positive to the left.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["CrossSections", "MarkColour", "Route", "Surface"]


class Surface(IntEnum):
    """What covers one lateral interval of a cross-section."""

    TERRAIN = 0
    DRIVING = 1
    SHOULDER = 2
    SIDEWALK = 3
    MEDIAN = 4
    PARKING = 5
    BIKING = 6
    CURB = 7


class MarkColour(IntEnum):
    """Colour of a road mark."""

    WHITE = 0
    YELLOW = 1
    RED = 2
    BLUE = 3
    GREEN = 4
    ORANGE = 5


@dataclass(frozen=True, eq=False)
class CrossSections:
    """The distinct cross-sections that a route meets; stations refer to them by index.

    Lateral positions are relative to the route's line, positive left [m], rounded to 1 cm so that equal sections are
    shared. Rows are padded: edges with their last value, surfaces with ``Surface.TERRAIN``, marks with width 0.

    Attributes
    ----------
    edges:
        (U, K + 1) float32, ascending: interval k lies between ``edges[:, k]`` and ``edges[:, k + 1]``. Outside all
        intervals there is terrain.
    surface:
        (U, K) uint8, a ``Surface`` for each interval.
    mark_offset, mark_width:
        (U, M) float32 [m]: centre and full width of each painted line. A double line is two.
    mark_colour:
        (U, M) uint8, a ``MarkColour``.
    mark_dash, mark_period:
        (U, M) float32 [m]: painted length and period of dashes along s; a solid line has dash = period = 1.
    """

    edges: NDArray[np.float32]
    surface: NDArray[np.uint8]
    mark_offset: NDArray[np.float32]
    mark_width: NDArray[np.float32]
    mark_colour: NDArray[np.uint8]
    mark_dash: NDArray[np.float32]
    mark_period: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Route:
    """A lane followed for some length, sampled every ``spacing_m``; arrays are (n,) float64 unless said.

    Attributes
    ----------
    map_name, seed:
        Where the route comes from: the map's name or path, and the seed that chose its turns.
    spacing_m:
        Distance between samples along s [m]; sample i has station ``i * spacing_m``.
    x, y, z:
        Lane centre [m].
    heading_rad:
        Direction of travel, unwrapped [rad].
    curvature:
        Of the lane centre in the plane [1/m], positive in left bends.
    bank_rad:
        Roll of the surface about the direction of travel [rad], positive when the left side is higher.
    left_m, right_m:
        Distance from lane centre to the lane's left and right edge [m].
    section:
        (n,) int32: the row of ``cross_sections`` that holds at each sample.
    cross_sections:
        The distinct cross-sections.
    speed_limit_mps:
        Speed limit [m/s]; infinite where the map gives none.
    """

    map_name: str
    seed: int
    spacing_m: float
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    z: NDArray[np.float64]
    heading_rad: NDArray[np.float64]
    curvature: NDArray[np.float64]
    bank_rad: NDArray[np.float64]
    left_m: NDArray[np.float64]
    right_m: NDArray[np.float64]
    section: NDArray[np.int32]
    cross_sections: CrossSections
    speed_limit_mps: NDArray[np.float64]

    @property
    def length_m(self) -> float:
        """Length along s [m]."""
        return float((len(self.x) - 1) * self.spacing_m)
