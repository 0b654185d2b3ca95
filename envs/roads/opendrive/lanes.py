"""Lanes and lane sections: who lies beside whom between which stations, and how wide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.limits import MAX_WIDTH_M
from wormdrive.envs.roads.opendrive.marks import RoadMark

__all__ = ["DRIVABLE_TYPES", "Lane", "LaneSection", "SpeedRecord"]

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
        """Number of right lanes, which is also the row of the centre line in ``borders``."""
        return sum(lane.id < 0 for lane in self.lanes)

    @cached_property
    def rows(self) -> dict[int, int]:
        """Row of each lane in ``lanes`` by its id."""
        return {lane.id: row for row, lane in enumerate(self.lanes)}

    def lane(self, lane_id: int) -> Lane | None:
        """Lane of that id, if the section has one."""
        row = self.rows.get(lane_id)
        return None if row is None else self.lanes[row]

    def borders(self, s: Array, offset: Array) -> Array:
        """Lateral coordinates t of all borders, rising: lane ``lanes[k]`` lies between rows k and k + 1.

        Parameters
        ----------
        s:
            (n,) stations of the road [m].
        offset:
            (n,) the road's lane offset there [m].

        Returns
        -------
        (len(lanes) + 1, n) [m].
        """
        ds = np.clip(s - self.start_s, 0.0, None)
        rights = self.rights
        t = np.empty((len(self.lanes) + 1, len(s)))
        t[rights] = offset
        for row in range(rights, len(self.lanes)):
            t[row + 1] = _outer(self.lanes[row], t[row], ds, 1.0)
        for row in range(rights - 1, -1, -1):
            t[row] = _outer(self.lanes[row], t[row + 1], ds, -1.0)
        return t

    def slopes(self, s: Array, offset_slope: Array) -> Array:
        """Find the derivatives of ``borders`` along s; a border held back by its neighbour keeps its own slope."""
        ds = np.clip(s - self.start_s, 0.0, None)
        rights = self.rights
        slope = np.empty((len(self.lanes) + 1, len(s)))
        slope[rights] = offset_slope
        for row in range(rights, len(self.lanes)):
            lane = self.lanes[row]
            slope[row + 1] = lane.border.slope(ds) if lane.border else slope[row] + _width_slope(lane, ds)
        for row in range(rights - 1, -1, -1):
            lane = self.lanes[row]
            slope[row] = lane.border.slope(ds) if lane.border else slope[row + 1] - _width_slope(lane, ds)
        return slope


def _outer(lane: Lane, inner: Array, ds: Array, side: float) -> Array:
    if lane.border is not None:
        width = np.clip(side * (lane.border(ds) - inner), 0.0, MAX_WIDTH_M)
    else:
        width = np.clip(lane.width(ds), 0.0, MAX_WIDTH_M)
    return np.asarray(inner + side * width)


def _width_slope(lane: Lane, ds: Array) -> Array:
    return np.asarray(np.where(lane.width(ds) > 0.0, lane.width.slope(ds), 0.0))
