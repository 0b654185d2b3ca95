"""What is wrong with a map that can be used all the same: what its reader noted, and what its shapes show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from wormdrive.envs.roads.lane_graph import lane_graph
from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.limits import MAX_PROBLEMS
from wormdrive.envs.roads.opendrive.param_poly3 import ParamPoly3, tabulate
from wormdrive.envs.roads.opendrive.road import Road
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.opendrive.section_stack import stack_sections

__all__ = ["map_problems"]

_KINK_RAD: Final = 0.05
"""A reference line that turns on the spot by more than this leads no car along."""
_JUMP_M: Final = 0.05
_BEFORE_M: Final = 1e-6
_SEAM_M: Final = 0.01
_LENGTH_M: Final = 0.01
_SAMPLES: Final = 17


def map_problems(road_map: RoadMap) -> tuple[str, ...]:
    """List all problems of a map, each naming its element; of each kind of fault at most ``MAX_PROBLEMS``.

    Besides what was noted when it was read: lanes that are linked and do not meet; kinks of reference lines; lanes
    beyond the centre of a bend, which run backwards; jumps of the lane offset within a section; parametric cubics whose
    length is not the one that is stated; links to lanes that are not there.
    """
    roads = road_map.roads.values()
    kinds = (
        (problem for road in roads for problem in _kinks(road)),
        _folds(road_map),
        (problem for road in roads for problem in _jumps(road)),
        (problem for road in roads for problem in _lengths(road)),
        (problem for road in roads for problem in _missing_lanes(road_map, road)),
    )
    shown = [problem for kind in kinds for problem in islice(kind, MAX_PROBLEMS)]
    return (*road_map.problems, *lane_graph(road_map).problems, *shown)


def _kinks(road: Road) -> Iterator[str]:
    joints = road.line.joints[1:]
    joints = joints[(joints > _BEFORE_M) & (joints < road.length_m - _BEFORE_M)]
    if not len(joints):
        return
    turn = road.line.at(joints).heading_rad - road.line.at(joints - _BEFORE_M).heading_rad
    turn = np.abs(np.remainder(turn + np.pi, 2.0 * np.pi) - np.pi)
    sharp = turn > _KINK_RAD
    if sharp.any():
        worst = int(np.argmax(turn))
        yield (
            f"road {road.id}, planView: {int(sharp.sum())} of {len(joints)} joints are kinks, the sharpest of "
            f"{np.degrees(turn[worst]):.1f} degrees at s={joints[worst]:g}; no car can follow them, routes round them"
        )


def _folds(road_map: RoadMap) -> Iterator[str]:
    pairs = [
        (road, section)
        for road in road_map.roads.values()
        for section in road.sections
        if any(lane.drivable for lane in section.lanes)
    ]
    found: list[tuple[int, str]] = []
    for stack, numbers in stack_sections(pairs, lambda _: _SAMPLES):
        profile = stack.profile
        for row in range(len(stack.members[0][1].lanes)):
            t = 0.5 * (profile.borders_t[row] + profile.borders_t[row + 1])
            width = profile.borders_t[row + 1] - profile.borders_t[row]
            folded = (t * profile.curvature >= 1.0) & (width > _JUMP_M)
            for k in np.flatnonzero(folded.any(axis=1)).tolist():
                road, section = stack.members[k]
                lane = section.lanes[row]
                if lane.drivable:
                    s = profile.s[k, int(np.argmax(folded[k]))]
                    found.append((numbers[k], _fold(road, section, lane, float(s))))
    yield from (text for _, text in sorted(found))


def _fold(road: Road, section: LaneSection, lane: Lane, s: float) -> str:
    where = f"road {road.id}, section {section.index}, lane {lane.id}"
    return f"{where}: lies beyond the centre of the bend at s={s:g}, where it runs backwards; no car can follow it"


def _jumps(road: Road) -> Iterator[str]:
    starts = road.lane_offset.starts
    inside = starts[(starts > _SEAM_M) & (starts < road.length_m - _SEAM_M)]
    ends = np.array([section.start_s for section in road.sections])
    inside = inside[np.abs(inside[:, None] - ends).min(axis=1) > _SEAM_M]
    jump = road.lane_offset(inside) - road.lane_offset(inside - _BEFORE_M)
    for s, step in zip(inside.tolist(), jump.tolist(), strict=True):
        if abs(step) > _JUMP_M:
            yield f"road {road.id}, lanes, laneOffset at s={s:g}: all lanes jump aside by {step:.2f} m within a section"


def _lengths(road: Road) -> Iterator[str]:
    curves = [(piece, piece.curve) for piece in road.line.pieces if isinstance(piece.curve, ParamPoly3)]
    tabulate([curve for _, curve in curves])
    for piece, curve in curves:
        length = float(curve.table[-1])
        if abs(length - piece.length_m) > _LENGTH_M:
            does = "its end is cut off" if length > piece.length_m else "it runs on straight"
            where = f"road {road.id}, planView, geometry at s={piece.s:g}"
            yield f"{where}: length={piece.length_m:g}, but its curve is {length:.2f} m long; {does}"


def _missing_lanes(road_map: RoadMap, road: Road) -> Iterator[str]:
    for section in road.sections:
        for at_end, which in ((False, "predecessor"), (True, "successor")):
            beyond = _beyond(road_map, road, section, at_end)
            if beyond is None:
                continue
            for lane in section.lanes:
                for lane_id in lane.successors if at_end else lane.predecessors:
                    if lane_id not in beyond.rows:
                        where = f"road {road.id}, section {section.index}, lane {lane.id}"
                        yield f"{where}: there is no lane {lane_id}, its {which}"


def _beyond(road_map: RoadMap, road: Road, section: LaneSection, at_end: bool) -> LaneSection | None:
    """Return the section that lies beyond an end of another one; None where there is none, or a junction."""
    index = section.index + (1 if at_end else -1)
    if 0 <= index < len(road.sections):
        return road.sections[index]
    link = road.successor if at_end else road.predecessor
    if link is None or link.kind != "road" or link.id not in road_map.roads:
        return None
    return road_map.roads[link.id].sections[-1 if link.contact == "end" else 0]
