from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.lane_keeping.options import LaneKeepingOptions
from wormdrive.envs.lane_keeping.scenario_source import ScenarioSource
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario


def source(**options: Any) -> ScenarioSource:
    return ScenarioSource.of(LaneKeepingOptions(**options))


def drawn(a_source: ScenarioSource, count: int = 40) -> list[Scenario]:
    random = np.random.default_rng(0)
    return [a_source.draw(random) for _ in range(count)]


def presets(scenarios: list[Scenario]) -> set[tuple[str, bool]]:
    return {(one.conditions.season.name, one.conditions.weather.sun_altitude_angle < 0.0) for one in scenarios}


def test_every_pair_of_a_season_and_a_weather_is_drawn() -> None:
    found = presets(drawn(source(season=("summer", "winter"), weather=("day", "night"))))
    assert found == {("summer", False), ("summer", True), ("winter", False), ("winter", True)}


def test_a_reset_may_narrow_what_is_drawn_from() -> None:
    whole = source(season=("summer", "winter"), weather=("day", "night"), map=("country_loop", "suburb"))
    assert presets(drawn(whole.narrowed({"season": "spring"}))) == {("spring", False), ("spring", True)}
    assert presets(drawn(whole.narrowed({"weather": "night"}))) == {("summer", True), ("winter", True)}
    only = drawn(whole.narrowed({"season": "winter", "weather": "day", "map": "town"}))
    assert presets(only) == {("winter", False)}
    assert {one.map for one in only} == {"town"}
    assert {one.map for one in drawn(whole)} == {"country_loop", "suburb"}


def test_narrowing_draws_the_same_routes_and_seeds() -> None:
    whole = source()
    for one, other in zip(drawn(whole), drawn(whole.narrowed({"season": "winter"})), strict=True):
        assert one.model_copy(update={"conditions": other.conditions}) == other


def test_a_named_season_stands_in_place_of_conditions_and_a_map_leaves_them() -> None:
    given = source(conditions=Conditions.preset("autumn", "fog"))
    assert drawn(given.narrowed({"map": "suburb"}), 1)[0].conditions == Conditions.preset("autumn", "fog")
    assert drawn(given.narrowed({"season": "winter"}), 1)[0].conditions == Conditions.preset("winter", "day")


def test_numbers_may_be_numpys() -> None:
    plain = source(routes=3, traffic=2, time_limit=9.5, route_length=50)
    numpys = source(routes=np.int64(3), traffic=np.uint8(2), time_limit=np.float64(9.5), route_length=np.float32(50.0))
    assert drawn(numpys) == drawn(plain)


@pytest.mark.parametrize("choice", [{"season": "monsoon"}, {"weather": 3}, {"map": ()}, {"season": ["winter"] * 2}])
def test_names_that_are_not_allowed(choice: dict[str, Any]) -> None:
    (name,) = choice
    with pytest.raises(ArgumentError, match=rf"options\['{name}'\]=.*allowed"):
        source().narrowed(choice)
