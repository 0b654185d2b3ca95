"""Lane types as files write them."""

from __future__ import annotations

import pytest

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.envs.roads import read_map_text


@pytest.mark.parametrize(
    ("written", "kind", "drivable"),
    [
        ("Driving", "driving", True),
        ("DRIVING", "driving", True),
        ("onramp", "onRamp", True),
        ("mwyEntry", "entry", True),
        ("mwyExit", "exit", True),
        ("hov", "HOV", True),
        ("Sidewalk", "sidewalk", False),
        ("road", "road", False),
        ("", "", False),
    ],
)
def test_what_is_written_otherwise_is_noted(written: str, kind: str, drivable: bool) -> None:
    road_map = read_map_text(opendrive(road(sections=section(lane(-1, written)))), "t")
    (only,) = road_map.roads["1"].sections[0].lanes
    assert (only.kind, only.drivable) == (kind, drivable)
    (problem,) = road_map.problems
    assert problem.startswith(f"road 1, lanes, laneSection at s=0, right, lane -1: type={written!r}")


@pytest.mark.parametrize("kind", ["driving", "onRamp", "shared", "none", "special3"])
def test_what_the_standard_knows_is_not(kind: str) -> None:
    assert read_map_text(opendrive(road(sections=section(lane(-1, kind)))), "t").problems == ()
