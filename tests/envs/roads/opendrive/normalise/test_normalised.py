"""The normalised text says the same road, is its own normalised text, and stays as it is where nothing is odd."""

from __future__ import annotations

from itertools import starmap
from typing import Any

import numpy as np
import pytest

from tests.support.odd_maps import ODD_MAPS
from tests.support.opendrive_text import SHARED_MAPS
from wormdrive.envs.roads import BUILTIN_MAPS, RoadMap, read_map, read_map_text
from wormdrive.envs.roads.lane_graph import LaneKey, lane_graph
from wormdrive.envs.roads.opendrive.lanes import Lane, LaneSection
from wormdrive.envs.roads.opendrive.normalise import normalised_text
from wormdrive.envs.roads.opendrive.road import Road

SHARED = [path for path in SHARED_MAPS if path.stat().st_size < 400_000][::3]
NUMBERS_THAT_ARE_NONE = "SingleRoadNanValues.xodr"


def normalised(road_map: RoadMap) -> RoadMap:
    return read_map_text(normalised_text(road_map)[0], road_map.name)


def assert_same_roads(one: RoadMap, two: RoadMap) -> None:
    """Compare all but the ids of roads and lanes."""
    assert len(one.roads) == len(two.roads)
    for first, second in zip(one.roads.values(), two.roads.values(), strict=True):
        assert first.name == second.name
        assert first.length_m == second.length_m
        assert (first.left_hand, first.kind, first.speeds) == (second.left_hand, second.kind, second.speeds)
        assert len(first.sections) == len(second.sections)
        for before, after in zip(first.sections, second.sections, strict=True):
            assert_same_section(first, before, second, after)
    assert links(one) == links(two)


def assert_same_section(first: Road, before: LaneSection, second: Road, after: LaneSection) -> None:
    assert (before.start_s, before.end_s) == (after.start_s, after.end_s)
    assert [lane.kind for lane in before.lanes] == [lane.kind for lane in after.lanes]
    assert [first.travel(lane) for lane in before.lanes] == [second.travel(lane) for lane in after.lanes]
    s = np.linspace(before.start_s, before.end_s, 41)
    old, new = first.profile(before, s), second.profile(after, s)
    # a metre of lane offset out of a cubic about another station is a few last digits
    for name in ("x", "y", "z", "heading_rad", "curvature", "roll_rad", "borders_t"):
        np.testing.assert_allclose(getattr(new, name), getattr(old, name), rtol=1e-9, atol=1e-6, err_msg=name)
    for lane, same in zip(before.lanes, after.lanes, strict=True):
        assert marks(lane) == marks(same)
        np.testing.assert_array_equal(first.speed_limit(before, lane, s), second.speed_limit(after, same, s))
    assert marks(before.centre) == marks(after.centre)


def marks(lane: Lane | None) -> list[Any]:
    """Marks of a lane; one that began before a single-sided section begins with it."""
    found = () if lane is None else lane.marks
    return [(max(mark.s_offset_m, 0.0), mark.kind, mark.width_m, mark.colour, mark.lines) for mark in found]


def links(road_map: RoadMap) -> set[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """Which lane leads to which: numbers of road, section and row."""
    numbers = {road_id: k for k, road_id in enumerate(road_map.roads)}

    def place(key: LaneKey) -> tuple[int, int, int]:
        return numbers[key.road], key.section, road_map.roads[key.road].sections[key.section].rows[key.lane]

    return {(place(key), place(to)) for key, after in lane_graph(road_map).followers.items() for to in after}


@pytest.mark.parametrize("name", ODD_MAPS)
def test_odd_maps_say_the_same_road(name: str) -> None:
    read = read_map_text(ODD_MAPS[name], "odd")
    text, repairs = normalised_text(read)
    assert repairs, "nothing is odd about it"
    assert text != read.text
    repaired = read_map_text(text, "odd")
    assert_same_roads(read, repaired)
    assert normalised_text(repaired) == (text, ())
    assert normalised_text(read) == (text, repairs)


@pytest.mark.parametrize("name", BUILTIN_MAPS)
def test_built_in_maps_keep_their_text(name: str) -> None:
    road_map = read_map(name)
    assert normalised_text(road_map) == (road_map.text, ())


@pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")
@pytest.mark.parametrize("path", SHARED, ids=[path.name for path in SHARED])
def test_maps_of_others_say_the_same_road(path: Any) -> None:
    if path.name == NUMBERS_THAT_ARE_NONE:
        pytest.skip("numbers that are none: a MapError")
    read = read_map(path)
    repaired = normalised(read)
    assert_same_roads(read, repaired)
    assert normalised_text(repaired) == (repaired.text, ())


CASES = sorted(SHARED_MAPS[0].parents[2].glob("cases/maps/*.xodr")) if SHARED_MAPS else []


@pytest.mark.skipif(not CASES, reason="the shared cases are not here: set WORMDRIVE_SHARED")
@pytest.mark.parametrize("path", CASES, ids=[path.name for path in CASES])
def test_cases_of_others_say_the_same_road(path: Any) -> None:
    read = read_map(path)
    assert_same_roads(read, normalised(read))


def test_a_road_that_cannot_be_read_is_left_out_of_the_text_too() -> None:
    good, bad = ODD_MAPS["a road id twice"].split("<road")[1:]
    text = f"<OpenDRIVE><header/><road{bad.replace('</OpenDRIVE>', '').replace('<line/>', '')}<road{good}</OpenDRIVE>"
    read = read_map_text(text, "t")
    assert len(read.left_out) == 1
    repaired = normalised(read)
    assert not repaired.left_out
    assert_same_roads(read, repaired)


def test_repairs_name_their_element() -> None:
    for made in starmap(lambda _, text: normalised_text(read_map_text(text, "t"))[1], ODD_MAPS.items()):
        assert all(repair.split(" ")[0] in ("road", "junction", "controller", "prefixes", "header") for repair in made)
