"""Speed limits: units and words as files write them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.opendrive_text import opendrive, road
from wormdrive.envs.roads import RoadMap, read_map_text


def with_limit(record: str) -> RoadMap:
    return read_map_text(opendrive(road(extra=f'<type s="0" type="town"><speed {record}/></type>')), "t")


def limit_of(road_map: RoadMap) -> float:
    only = road_map.roads["1"]
    return float(only.speed_limit(only.sections[0], only.sections[0].lanes[0], np.array([50.0]))[0])


@pytest.mark.parametrize("unit", ["kmh", "kph", "KM/H", "Km/h", "km / h", "KPH"])
def test_kilometres_an_hour_are_read_however_they_are_written(unit: str) -> None:
    road_map = with_limit(f'max="30" unit="{unit}"')
    assert limit_of(road_map) == pytest.approx(30.0 / 3.6)
    assert f"unit={unit!r}" in road_map.problems[0]


def test_so_are_miles() -> None:
    assert limit_of(with_limit('max="30" unit="MPH"')) == pytest.approx(13.4112)


@pytest.mark.parametrize("unit", ["knots", "parsec", "?"])
def test_what_is_no_unit_sets_no_limit(unit: str) -> None:
    road_map = with_limit(f'max="30" unit="{unit}"')
    assert limit_of(road_map) == np.inf
    assert f"unit={unit!r}" in road_map.problems[0]


@pytest.mark.parametrize("word", ["none", "None", "undefined", "no limit", "unlimited", ""])
def test_words_for_no_limit(word: str) -> None:
    road_map = with_limit(f'max="{word}" unit="km/h"')
    assert limit_of(road_map) == np.inf
    assert road_map.problems == ()


@pytest.mark.parametrize("value", ["fast", "-5", "nan", "inf", "0"])
def test_what_is_no_speed_is_noted(value: str) -> None:
    road_map = with_limit(f'max="{value}" unit="km/h"')
    assert limit_of(road_map) == np.inf
    assert f"max={value!r}" in road_map.problems[0]


def test_a_limit_that_begins_nowhere_begins_with_the_road() -> None:
    extra = '<type s="x" type="town"><speed max="10"/></type>'
    assert limit_of(read_map_text(opendrive(road(extra=extra)), "t")) == 10.0
