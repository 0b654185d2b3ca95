"""mountain_pass: a narrow two-lane pass road, closed, 3 km; six hairpins, grades to 8 %, banked bends.

The hairpins' reference line has 16.75 m radius or more, so that the inner lane's centre never bends tighter than 15 m.
"""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.maps.alignment import Bend, PlanPose, Straight, close_loop, lay_out
from wormdrive.envs.roads.maps.loop_roads import chop
from wormdrive.envs.roads.maps.profiles import banking, hills
from wormdrive.envs.roads.maps.road_specs import LaneSpec, MarkSpec, SectionSpec
from wormdrive.envs.roads.maps.xodr import to_xodr

__all__ = ["mountain_pass"]

EDGE: Final = MarkSpec("solid", 0.12)
CENTRE: Final = MarkSpec("broken", 0.12, dash_m=3.0, space_m=3.0)
LANES: Final = (
    LaneSpec(2, "shoulder", 0.5, before=2, after=2),
    LaneSpec(1, "driving", 3.25, EDGE, before=1, after=1),
    LaneSpec(-1, "driving", 3.25, EDGE, before=-1, after=-1),
    LaneSpec(-2, "shoulder", 0.5, before=-2, after=-2),
)
HEIGHTS_M: Final = [
    0.0, 1.0, 4.5, 9.5, 16.0, 22.0, 28.5, 34.5, 40.0, 46.0, 52.5, 58.5, 64.0, 70.0, 76.5, 81.5,
    86.0, 88.0, 86.0, 81.0, 75.0, 68.5, 62.5, 56.5, 50.5, 44.0, 38.0, 31.5, 25.5, 18.5, 12.0, 5.5,
]  # fmt: skip
BANK_GAIN_M: Final = 2.5
BANK_MOST_RAD: Final = 0.06


def mountain_pass() -> str:
    """Write the map's OpenDRIVE text."""
    up: list[Straight | Bend] = [
        Straight(60), *_winding(16, 60), Straight(40), _bend(88, 40), Straight(50), _bend(-84, 30), Straight(40),
        _bend(16, 60), _bend(-16, 60), Straight(20), _hairpin(172, 16.75), Straight(60), _bend(-16, 70), Straight(40),
        _hairpin(-170, 18), Straight(40), _bend(15, 80), _bend(-20, 60), Straight(50), _hairpin(178, 17), Straight(40),
    ]  # fmt: skip
    top: list[Straight | Bend] = [
        *_winding(14, 60), Straight(60), _bend(-30, 45), Straight(50), _bend(44, 60), Straight(60), _bend(-20, 80),
        Straight(70),
    ]  # fmt: skip
    down: list[Straight | Bend] = [
        _hairpin(172, 20), Straight(60), _bend(-12, 60), Straight(30), _hairpin(-166, 17), Straight(60), _bend(-20, 60),
        _bend(16, 60), Straight(30), _hairpin(170, 22), Straight(30), *_winding(-24, 50), Straight(50),
        *_winding(20, 60), Straight(30), _bend(-70, 40), Straight(60), _bend(80, 40), Straight(20), _bend(33, 60),
    ]  # fmt: skip
    line = lay_out(close_loop([*up, *top, *down], 22, 38), PlanPose())
    roads = chop(
        line,
        pieces=4,
        name="pass road",
        kind="rural",
        limit_kmh=60.0,
        section=SectionSpec(0.0, LANES, CENTRE),
        elevation=hills(line[-1].s + line[-1].length_m, HEIGHTS_M, closed=True),
        superelevation=banking(line, BANK_GAIN_M, BANK_MOST_RAD),
    )
    return to_xodr("mountain_pass", roads)


def _bend(angle_deg: float, radius_m: float) -> Bend:
    return Bend(angle_deg, radius_m, min(max(0.45 * radius_m + 8.0, 20.0), 50.0))


def _hairpin(angle_deg: float, radius_m: float) -> Bend:
    return Bend(angle_deg, radius_m, 15.0)


def _winding(angle_deg: float, radius_m: float) -> tuple[Bend, Bend, Bend]:
    return _bend(angle_deg, radius_m), _bend(-2 * angle_deg, radius_m), _bend(angle_deg, radius_m)
