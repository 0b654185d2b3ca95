"""Lanes and lane sections: who lies beside whom between which stations, and how wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.limits import MAX_WIDTH_M
from wormdrive.envs.roads.opendrive.marks import RoadMark

__all__ = [
    "DRIVABLE_TYPES",
    "Lane",
    "LaneSection",
    "LaneShape",
    "SpeedRecord",
    "Varying",
    "lane_borders",
    "lane_slopes",
]

Array = NDArray[np.float64]

DRIVABLE_TYPES: Final = frozenset(
    {
        "driving", "entry", "exit", "onRamp", "offRamp", "connectingRamp", "slipLane", "bidirectional", "bus", "taxi",
        "HOV",
    }
)  # fmt: skip
"""Lane types on which cars drive."""


@dataclass(frozen=True)
class SpeedRecord:
    """A speed limit [m/s] from station ``start_m`` on (of the road, or of the lane section for lanes)."""

    start_m: float
    limit_mps: float


@dataclass(frozen=True, eq=False)
class Lane:
    """One lane of one section.

    Attributes
    ----------
    id:
        Positive to the left of the reference line, negative to the right, 0 for the centre lane, which has no width.
    kind:
        OpenDRIVE's lane type, such as ``driving``.
    width:
        Of ds from the section's start [m]; unused where ``border`` is given.
    border:
        t of the outer border as a function of ds, or None.
    predecessors, successors:
        Ids of linked lanes in the section or road before and after, in order of s.
    marks:
        Marks of the outer border, ascending by ``s_offset_m``.
    direction:
        ``standard``, ``reversed`` or ``both`` (OpenDRIVE 1.8).
    """

    id: int
    kind: str
    width: PiecewiseCubic
    border: PiecewiseCubic | None
    predecessors: tuple[int, ...]
    successors: tuple[int, ...]
    marks: tuple[RoadMark, ...]
    speeds: tuple[SpeedRecord, ...]
    direction: str = "standard"

    @property
    def drivable(self) -> bool:
        """Whether cars drive on it."""
        return self.kind in DRIVABLE_TYPES


@dataclass(frozen=True, eq=False)
class LaneSection:
    """Lanes that lie beside one another from station ``start_s`` to ``end_s`` [m].

    ``lanes`` are ordered by rising t, that is from the rightmost to the leftmost, without the centre lane.
    """

    index: int
    start_s: float
    end_s: float
    lanes: tuple[Lane, ...]
    centre: Lane | None

    @property
    def length_m(self) -> float:
        """Length along the reference line [m]."""
        return self.end_s - self.start_s

    @cached_property
    def rights(self) -> int:
        """Number of right lanes, which is also the row of the centre line in ``lane_borders``."""
        return sum(lane.id < 0 for lane in self.lanes)

    @cached_property
    def rows(self) -> dict[int, int]:
        """Row of each lane in ``lanes`` by its id."""
        return {lane.id: row for row, lane in enumerate(self.lanes)}

    def lane(self, lane_id: int) -> Lane | None:
        """Lane of that id, if the section has one."""
        row = self.rows.get(lane_id)
        return None if row is None else self.lanes[row]


class Varying(Protocol):
    """What varies along s and has a slope there."""

    def __call__(self, s: Array, /) -> Array:
        """Values at stations ``s``."""
        ...

    def slope(self, s: Array, /) -> Array:
        """First derivative at stations ``s``."""
        ...


class LaneShape(Protocol):
    """What of a lane decides where its borders lie; see ``Lane``."""

    @property
    def width(self) -> Varying:
        """Of ds [m]; unused where ``border`` is given."""
        ...

    @property
    def border(self) -> Varying | None:
        """T of the outer border, or None."""
        ...


def lane_borders(lanes: Sequence[LaneShape], rights: int, ds: Array, offset: Array) -> Array:
    """Lateral coordinates t of all borders, rising: lane ``lanes[k]`` lies between rows k and k + 1.

    Parameters
    ----------
    lanes, rights:
        As in ``LaneSection``.
    ds:
        Stations from the section's start [m], any shape.
    offset:
        The road's lane offset there [m], of the same shape.

    Returns
    -------
    (len(lanes) + 1, ...) and the shape of ``ds`` [m].
    """
    t = np.empty((len(lanes) + 1, *ds.shape))
    t[rights] = offset
    for row in range(rights, len(lanes)):
        t[row + 1] = _outer(lanes[row], t[row], ds, 1.0)
    for row in range(rights - 1, -1, -1):
        t[row] = _outer(lanes[row], t[row + 1], ds, -1.0)
    return t


def lane_slopes(lanes: Sequence[LaneShape], rights: int, ds: Array, offset_slope: Array) -> Array:
    """Find the derivatives of ``lane_borders`` along s; a border held back by its neighbour keeps its own slope."""
    slope = np.empty((len(lanes) + 1, *ds.shape))
    slope[rights] = offset_slope
    for row in range(rights, len(lanes)):
        lane = lanes[row]
        slope[row + 1] = lane.border.slope(ds) if lane.border else slope[row] + _width_slope(lane, ds)
    for row in range(rights - 1, -1, -1):
        lane = lanes[row]
        slope[row] = lane.border.slope(ds) if lane.border else slope[row + 1] - _width_slope(lane, ds)
    return slope


def _outer(lane: LaneShape, inner: Array, ds: Array, side: float) -> Array:
    if lane.border is not None:
        width = np.clip(side * (lane.border(ds) - inner), 0.0, MAX_WIDTH_M)
    else:
        width = np.clip(lane.width(ds), 0.0, MAX_WIDTH_M)
    return np.asarray(inner + side * width)


def _width_slope(lane: LaneShape, ds: Array) -> Array:
    return np.asarray(np.where(lane.width(ds) > 0.0, lane.width.slope(ds), 0.0))
