"""highway: a motorway of three lanes a side with median and hard shoulders, closed, 12 km; bends from 400 m radius."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, close_loop, lay_out
from wormdrive.envs.roads.maps.loop_roads import chop
from wormdrive.envs.roads.maps.profiles import banking, hills
from wormdrive.envs.roads.maps.road_specs import LaneSpec, MarkSpec, SectionSpec
from wormdrive.envs.roads.maps.xodr import to_xodr

__all__ = ["highway"]

EDGE: Final = MarkSpec("solid", 0.2)
LANE_LINE: Final = MarkSpec("broken", 0.15, dash_m=6.0, space_m=12.0)
SIDE: Final = (
    ("median", 2.0, None),
    ("shoulder", 1.0, EDGE),
    ("driving", 3.6, LANE_LINE),
    ("driving", 3.6, LANE_LINE),
    ("driving", 3.6, EDGE),
    ("stop", 2.5, None),
    ("shoulder", 1.0, None),
)
"""Lanes of one carriageway from the middle outwards, each with the mark of its outer border."""
HEIGHTS_M: Final = [0, 4, 10, 14, 12, 6, 2, 5, 12, 20, 26, 24, 17, 10, 8, 13, 20, 22, 17, 9, 4, 2, 3, 1]
BANK_GAIN_M: Final = 14.0
BANK_MOST_RAD: Final = 0.035


def highway() -> str:
    """Write the map's OpenDRIVE text."""
    elements = close_loop(
        [
            Straight(200),
            _bend(55, 600),
            Straight(100),
            _bend(-40, 800),
            Straight(100),
            _bend(85, 420),
            Straight(150),
            _bend(-30, 900),
            _bend(25, 1000),
            Straight(100),
            _bend(70, 500),
            Straight(150),
            _bend(-45, 550),
            Straight(100),
            _bend(95, 400),
            Straight(200),
            _bend(20, 1100),
            _bend(-35, 750),
            Straight(100),
            _bend(80, 450),
            Straight(200),
            _bend(-20, 700),
            _bend(40, 600),
            _bend(-20, 700),
            Straight(100),
            _bend(80, 500),
        ],
        0,
        20,
    )
    line = lay_out(elements, PlanPose())
    lanes = tuple(
        LaneSpec(side * (k + 1), kind, width, mark, before=side * (k + 1), after=side * (k + 1))
        for side in (1, -1)
        for k, (kind, width, mark) in enumerate(SIDE)
    )
    roads = chop(
        line,
        pieces=4,
        name="motorway",
        kind="motorway",
        limit_kmh=120.0,
        section=SectionSpec(0.0, lanes),
        elevation=hills(line[-1].s + line[-1].length_m, [float(h) for h in HEIGHTS_M], closed=True),
        superelevation=banking(line, BANK_GAIN_M, BANK_MOST_RAD),
    )
    return to_xodr("highway", roads)


def _bend(angle_deg: float, radius_m: float) -> Bend:
    return Bend(angle_deg, radius_m, min(160.0, 0.25 * radius_m + 20.0))
