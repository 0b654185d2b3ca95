"""country_loop: a rural two-lane road over hills, closed, 4 km; bends of 50 to 200 m radius."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, close_loop, lay_out
from wormdrive.envs.roads.maps.loop_roads import chop
from wormdrive.envs.roads.maps.profiles import hills
from wormdrive.envs.roads.maps.road_specs import LaneSpec, MarkSpec, SectionSpec
from wormdrive.envs.roads.maps.xodr import to_xodr

__all__ = ["country_loop"]

EDGE: Final = MarkSpec("solid", 0.15)
CENTRE: Final = MarkSpec("broken", 0.12, dash_m=3.0, space_m=6.0)
LANES: Final = (
    LaneSpec(2, "shoulder", 0.75, before=2, after=2),
    LaneSpec(1, "driving", 3.5, EDGE, before=1, after=1),
    LaneSpec(-1, "driving", 3.5, EDGE, before=-1, after=-1),
    LaneSpec(-2, "shoulder", 0.75, before=-2, after=-2),
)
HEIGHTS_M: Final = [0, 2, 6, 9, 7, 10, 16, 21, 24, 20, 17, 19, 24, 27, 23, 18, 15, 16, 12, 7, 9, 12, 8, 3]


def country_loop() -> str:
    """Write the map's OpenDRIVE text."""
    elements = close_loop(
        [
            Straight(100),
            *_winding(24, 110),
            Straight(60),
            _bend(70, 120),
            Straight(70),
            _bend(-50, 80),
            Straight(50),
            _bend(95, 60),
            Straight(120),
            *_winding(-14, 160),
            _bend(40, 200),
            Straight(110),
            _bend(-75, 60),
            Straight(70),
            _bend(60, 90),
            Straight(100),
            _bend(85, 50),
            Straight(60),
            _bend(-40, 150),
            Straight(120),
            _bend(100, 70),
            Straight(80),
            *_winding(-26, 90),
            Straight(60),
            _bend(-35, 110),
            Straight(180),
            _bend(110, 85),
        ],
        19,
        29,
    )
    line = lay_out(elements, PlanPose())
    length = line[-1].s + line[-1].length_m
    roads = chop(
        line,
        pieces=4,
        name="country road",
        kind="rural",
        limit_kmh=80.0,
        section=SectionSpec(0.0, LANES, CENTRE),
        elevation=hills(length, [float(h) for h in HEIGHTS_M], closed=True),
    )
    return to_xodr("country_loop", roads)


def _bend(angle_deg: float, radius_m: float) -> Bend:
    return Bend(angle_deg, radius_m, min(max(0.45 * radius_m + 10.0, 28.0), 70.0))


def _winding(angle_deg: float, radius_m: float) -> tuple[Bend, Bend, Bend]:
    return _bend(angle_deg, radius_m), _bend(-2 * angle_deg, radius_m), _bend(angle_deg, radius_m)
