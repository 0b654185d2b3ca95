"""A road: reference line, height, bank and lanes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.cubic import PiecewiseCubic
from wormdrive.envs.roads.opendrive.lanes import (
    Lane,
    LaneSection,
    LaneShape,
    SpeedRecord,
    Varying,
    lane_borders,
    lane_slopes,
)
from wormdrive.envs.roads.opendrive.limits import MAX_WIDTH_M
from wormdrive.envs.roads.opendrive.links import RoadLink
from wormdrive.envs.roads.opendrive.reference_line import PlanPoints, ReferenceLine

__all__ = ["Course", "LanePoints", "PlanLine", "Profile", "Road", "centre_line", "cross_profile"]

Array = NDArray[np.float64]

_SEAM_M = 1e-5
"""Where a section begins its neighbours' records may begin a rounding error apart: look this far inside it."""


@dataclass(frozen=True)
class Profile:
    """Cross profile of a road in one lane section.

    Attributes
    ----------
    s, x, y, z, heading_rad, curvature, roll_rad:
        (n,) the reference line; roll is the superelevation, positive when the left side is higher.
    borders_t, borders_slope:
        (lanes + 1, n) t of the lanes' borders, rising, and dt/ds.
    """

    s: Array
    x: Array
    y: Array
    z: Array
    heading_rad: Array
    curvature: Array
    roll_rad: Array
    borders_t: Array
    borders_slope: Array

    def surface(self, t: Array) -> tuple[Array, Array, Array]:
        """World position of lateral coordinates ``t`` (..., n): the cross-section turns about the reference line."""
        across = t * np.cos(self.roll_rad)
        return (
            self.x - across * np.sin(self.heading_rad),
            self.y + across * np.cos(self.heading_rad),
            self.z + t * np.sin(self.roll_rad),
        )


@dataclass(frozen=True)
class LanePoints:
    """Centre of a lane at stations ``s`` (n,), headings in the direction of travel."""

    s: Array
    x: Array
    y: Array
    z: Array
    heading_rad: Array
    width_m: Array


class PlanLine(Protocol):
    """A reference line, or several; see ``ReferenceLine``."""

    def at(self, s: Array) -> PlanPoints:
        """Points at stations ``s``."""
        ...


class Course(Protocol):
    """Where a road leads; see ``Road``."""

    @property
    def line(self) -> PlanLine:
        """In the plane."""
        ...

    @property
    def elevation(self) -> Varying:
        """Height [m]."""
        ...

    @property
    def superelevation(self) -> Varying:
        """Roll [rad]."""
        ...

    @property
    def lane_offset(self) -> Varying:
        """T of the centre lane [m]."""
        ...


@dataclass(frozen=True, eq=False)
class Road:
    """One road of a map.

    Attributes
    ----------
    id:
        Any text.
    junction_id:
        The junction that it is part of, or None.
    left_hand:
        Whether traffic keeps to the left (``rule="LHT"``).
    speeds:
        Speed limits from stations of the road on; infinite where there is none.
    """

    id: str
    name: str
    length_m: float
    junction_id: str | None
    left_hand: bool
    kind: str
    line: ReferenceLine
    elevation: PiecewiseCubic
    superelevation: PiecewiseCubic
    lane_offset: PiecewiseCubic
    sections: tuple[LaneSection, ...]
    speeds: tuple[SpeedRecord, ...]
    predecessor: RoadLink | None
    successor: RoadLink | None

    def travel(self, lane: Lane) -> int:
        """1 if traffic on the lane runs along s, -1 if against it."""
        along = (lane.id < 0) != self.left_hand
        if lane.direction == "reversed":
            along = not along
        return 1 if along else -1

    def profile(self, section: LaneSection, s: Array) -> Profile:
        """Cross profile at stations ``s`` (n,) of one section; at its ends, as seen from inside."""
        return cross_profile(self, section.lanes, section.rights, section.start_s, section.end_s, s)

    def lane_centre(self, section: LaneSection, lane: Lane, s: Array) -> LanePoints:
        """Centre of a lane at stations ``s`` (n,) of its section."""
        return self.centre_of(self.profile(section, s), section, lane)

    def centre_of(self, profile: Profile, section: LaneSection, lane: Lane) -> LanePoints:
        """Centre of a lane in a profile of its section."""
        return centre_line(profile, section.rows[lane.id], self.travel(lane))

    def speed_limit(self, section: LaneSection, lane: Lane, s: Array) -> Array:
        """Speed limit [m/s] at stations ``s`` (n,); the lane's own goes before the road's; infinite without one."""
        limit = _hold(self.speeds, s, np.full(len(s), np.inf))
        return _hold(lane.speeds, s - section.start_s, limit)


def cross_profile(
    course: Course, lanes: Sequence[LaneShape], rights: int, start_s: float | Array, end_s: float | Array, s: Array
) -> Profile:
    """Cross profile between the ends of a lane section; see ``Road.profile`` and ``LaneSection``.

    Arrays may have another shape than (n,): with stations (S, n) and ends (S, 1) it is that of S sections at once.
    """
    points = course.line.at(s)
    seam = np.minimum(_SEAM_M, 0.25 * (end_s - start_s))
    inside = np.clip(s, start_s + seam, end_s - seam)
    ds = np.clip(inside - start_s, 0.0, None)
    offset = np.clip(course.lane_offset(inside), -MAX_WIDTH_M, MAX_WIDTH_M)
    return Profile(
        s,
        points.x,
        points.y,
        course.elevation(s),
        points.heading_rad,
        points.curvature,
        course.superelevation(s),
        lane_borders(lanes, rights, ds, offset),
        lane_slopes(lanes, rights, ds, course.lane_offset.slope(inside)),
    )


def centre_line(profile: Profile, row: int, travel: int) -> LanePoints:
    """Centre of the lane in row ``row`` of a profile, on which traffic runs along s (1) or against it (-1)."""
    t = 0.5 * (profile.borders_t[row] + profile.borders_t[row + 1])
    slope = 0.5 * (profile.borders_slope[row] + profile.borders_slope[row + 1])
    x, y, z = profile.surface(t)
    heading = profile.heading_rad + np.arctan2(slope, 1.0 - t * profile.curvature)
    if travel < 0:
        heading = heading + np.pi
    return LanePoints(profile.s, x, y, z, heading, profile.borders_t[row + 1] - profile.borders_t[row])


def _hold(records: tuple[SpeedRecord, ...], s: Array, before: Array) -> Array:
    if not records:
        return before
    starts = np.array([record.start_m for record in records])
    limits = np.array([record.limit_mps for record in records])
    record = np.searchsorted(starts, s + 1e-6, side="right") - 1
    return np.where(record >= 0, limits[np.maximum(record, 0)], before)
