"""Road from points: one road of two lanes for right-hand traffic, as OpenDRIVE 1.6."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

from wormdrive.envs.common.errors import ArgumentError, is_real
from wormdrive.envs.common.printable import printable
from wormdrive.envs.roads.from_points.fitted_line import FittedLine, fit_line
from wormdrive.envs.roads.from_points.ribbon import Ribbon
from wormdrive.envs.roads.from_points.road_points import RoadPoints, check_lane_width
from wormdrive.envs.roads.from_points.smooth_line import NEAREST_M, line_through
from wormdrive.envs.roads.maps.road_specs import Cubic, LaneSpec, MarkSpec, RoadSpec, SectionSpec
from wormdrive.envs.roads.maps.xodr import to_xodr
from wormdrive.envs.roads.opendrive.curves import Array
from wormdrive.envs.roads.opendrive.limits import MAX_ROAD_LENGTH_M

__all__ = ["LANE_WIDTH_M", "ROAD_ID", "SPEED_LIMIT_KMH", "FittedRoad", "road_from_points"]

LANE_WIDTH_M: Final = 3.5
SPEED_LIMIT_KMH: Final = 80.0
ROAD_ID: Final = "0"
TURNING_RADIUS_M: Final = 6.0
"""A car's smallest, by and large, at its centre [m]."""
_SHORTEST_M: Final = 1.0
_SHOULDER_M: Final = 0.75
_EDGE: Final = MarkSpec("solid", 0.15)
_CENTRE: Final = MarkSpec("broken", 0.12, dash_m=3.0, space_m=6.0)
_LOOK_M: Final = 2.0
_SWING: Final = 0.3
"""Share of the way between two points by which the road may leave the straight line unnoted; half a circle: a half."""


@dataclass(frozen=True, eq=False)
class FittedRoad:
    """A road through points.

    Attributes
    ----------
    text:
        OpenDRIVE 1.6: road ``ROAD_ID`` with lanes 1 and -1; -1 leads from the first point to the last.
    length_m:
        Of its middle.
    geometries:
        How many straights, arcs and clothoids it consists of.
    deviation_m:
        Greatest distance of its middle from the smooth line through the points [m].
    least_radius_m:
        Of its middle's tightest bend [m]; infinite where it is straight.
    remarks:
        What is odd about it and is done all the same, in words.
    """

    text: str
    length_m: float
    geometries: int
    deviation_m: float
    least_radius_m: float
    remarks: tuple[str, ...]


class _Middle(NamedTuple):
    """Places on a road's middle, every ``_LOOK_M`` or nearer: stations, x and y, each (n,) [m]."""

    station_m: Array
    x: Array
    y: Array


def road_from_points(
    points: RoadPoints,
    name: str,
    *,
    lane_width_m: float = LANE_WIDTH_M,
    speed_limit_kmh: float = SPEED_LIMIT_KMH,
) -> FittedRoad:
    """Lead a road through points: the cubic spline through them, followed by clothoids within a centimetre.

    The spline is by chord length and without knots beside its ends, as that of the tool competition: beside sharp turns
    it swings far out, which is remarked.

    Parameters
    ----------
    points:
        Of the road's middle, between its two lanes.
    name:
        Of the map.
    lane_width_m:
        Of each lane [m], where the points say nothing else; their widths are joined monotonely.
    speed_limit_kmh:
        That the road states.

    Raises
    ------
    ArgumentError
        The points lie too near together, the smooth line through them has kinks, or an argument is not allowed.
    """
    check_lane_width(lane_width_m, "lane_width_m")
    if not is_real(speed_limit_kmh) or not 1.0 <= speed_limit_kmh <= 500.0:
        raise ArgumentError(f"speed_limit_kmh={speed_limit_kmh!r}: allowed are 1 to 500")
    smooth, kept = line_through(points)
    line = fit_line(smooth)
    length_m = line.geometries[-1].s + line.geometries[-1].length_m
    if not _SHORTEST_M <= length_m <= MAX_ROAD_LENGTH_M:
        raise ArgumentError(f"points: {length_m:.6g} m of road: allowed are {_SHORTEST_M:g} to {MAX_ROAD_LENGTH_M:g} m")
    widths = () if points.width_m is None else _cubics(line.stations_m, points.width_m[kept])
    lanes = tuple(
        lane
        for side in (1, -1)
        for lane in (
            LaneSpec(2 * side, "shoulder", _SHOULDER_M),
            LaneSpec(side, "driving", float(lane_width_m), _EDGE, widths=widths),
        )
    )
    road = RoadSpec(
        id=ROAD_ID,
        name="road",
        kind="rural",
        limit_kmh=float(speed_limit_kmh),
        geometries=line.geometries,
        sections=(SectionSpec(0.0, lanes, _CENTRE),),
    )
    widest = lane_width_m if points.width_m is None else float(points.width_m[kept].max())
    middle = _middle(line)
    remarks = (
        *_left_out(len(points.x) - int(kept.sum())),
        *_astray(line, middle, points.x[kept], points.y[kept], 0.5 * widest),
        *_tight(line, 0.5 * widest),
        *_on_itself(middle, widest),
    )
    text = to_xodr(printable(name), [road])
    return FittedRoad(text, length_m, len(line.geometries), line.deviation_m, line.least_radius_m, remarks)


def _cubics(stations_m: Array, width_m: Array) -> tuple[Cubic, ...]:
    """Join widths monotonely between points (F. N. Fritsch, J. Butland 1984): none is wider than its neighbours."""
    d, c, b, a = PchipInterpolator(stations_m, width_m).c.tolist()
    return tuple(zip(stations_m[:-1].tolist(), a, b, c, d, strict=True))


def _left_out(count: int) -> tuple[str, ...]:
    return (f"{count} points nearer than {NEAREST_M:g} m to the one before are left out",) if count else ()


def _tight(line: FittedLine, half_m: float) -> tuple[str, ...]:
    """Note bends that are too tight for a car on the inner lane, or for that lane itself."""
    if line.least_radius_m >= TURNING_RADIUS_M + half_m:
        return ()
    ends = [(abs(one.curvature_start), one.pose) for one in line.geometries]
    last = line.geometries[-1]
    pose = max([*ends, (abs(last.curvature_end), last.end())], key=lambda end: end[0])[1]
    return (
        f"a bend of {line.least_radius_m:.1f} m radius near x={pose.x:.1f} y={pose.y:.1f}: no car can follow its inner "
        f"lane, which takes {TURNING_RADIUS_M + half_m:g} m",
    )


def _astray(line: FittedLine, middle: _Middle, points_x: Array, points_y: Array, half_m: float) -> tuple[str, ...]:
    """Note where the smooth line swings far from the straight one between two points, as it does beside sharp turns."""
    k = np.clip(np.searchsorted(line.stations_m, middle.station_m, side="right") - 1, 0, len(points_x) - 2)
    chord_x, chord_y = np.diff(points_x)[k], np.diff(points_y)[k]
    chord_m = np.hypot(chord_x, chord_y)
    from_x, from_y = middle.x - points_x[k], middle.y - points_y[k]
    share = np.clip((from_x * chord_x + from_y * chord_y) / chord_m**2, 0.0, 1.0)
    away_m = np.hypot(from_x - share * chord_x, from_y - share * chord_y)
    worst = int(np.argmax(away_m))
    if away_m[worst] <= max(2.0 * half_m, _SWING * chord_m[worst]):
        return ()
    return (
        f"the smooth line swings {away_m[worst]:.1f} m away from the straight one between two points, near "
        f"x={middle.x[worst]:.1f} y={middle.y[worst]:.1f}: more points there, and in sharp turns, would lead it",
    )


def _on_itself(middle: _Middle, half_m: float) -> tuple[str, ...]:
    """Note where the road crosses itself, or lies beside itself more narrowly than its lanes are wide."""
    found = Ribbon.along(middle.x, middle.y, half_m).first_overlap()
    if found is None:
        return ()
    return (f"the road lies on itself near x={middle.x[found]:.1f} y={middle.y[found]:.1f}: its lanes cross there",)


def _middle(line: FittedLine) -> _Middle:
    station, x, y = [], [], []
    for one in line.geometries:
        along = np.linspace(0.0, one.length_m, math.ceil(one.length_m / _LOOK_M), endpoint=False)
        local = one.curve.at(along)
        cosine, sine = math.cos(one.pose.heading_rad), math.sin(one.pose.heading_rad)
        station.append(one.s + along)
        x.append(one.pose.x + cosine * local.u - sine * local.v)
        y.append(one.pose.y + sine * local.u + cosine * local.v)
    end, last = line.geometries[-1].end(), line.geometries[-1]
    return _Middle(
        np.append(np.concatenate(station), last.s + last.length_m),
        np.append(np.concatenate(x), end.x),
        np.append(np.concatenate(y), end.y),
    )
