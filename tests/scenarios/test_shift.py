from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.shift import Factors, Ladder, changed
from wormdrive.scenarios.suite import Suite

SNOW = "conditions.season.snow_cover"
FACTORS = Factors(
    each={
        "season": {"season": ("autumn", "winter", "spring")},
        "weather": {"weather": ("fog", "night")},
        "marks": {"conditions.season.mark_visibility": (0.1, 0.4)},
        "cloud": {"conditions.weather.cloudiness": (60, 100)},
    }
)


def test_a_path_changes_one_number_and_nothing_else() -> None:
    before = Scenario(route_seed=3, seed=4)
    after = changed(before, {SNOW: 0.5})
    assert after.conditions.season.snow_cover == 0.5
    assert changed(after, {SNOW: before.conditions.season.snow_cover}) == before
    assert changed(before, {}) is before


def test_presets_come_before_single_numbers() -> None:
    scenario = changed(Scenario(), {SNOW: 0.25, "season": "winter", "weather": "fog"})
    assert scenario.conditions == Conditions.preset("winter", "fog").replace(season={"snow_cover": 0.25})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conditions.season.snow": 0.5}, "^conditions: season.snow=0.5: no such field"),
        ({"weather.fog": 0.5}, "first part"),
        ({SNOW: 1.5}, "snow_cover=1.5"),
        ({"conditions.season": 1.0}, "next part"),
        ({"traffic.cars": 1.0}, "no parts"),
    ],
)
def test_paths_and_values_that_do_not_exist_are_named(changes: dict[str, float], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        changed(Scenario(), changes)


def test_a_ladder_has_its_rungs_in_order() -> None:
    ladder = Ladder(season="winter", rungs={SNOW: (0.0, 0.5, 1.0)})
    assert len(ladder) == 3
    assert [ladder.height(rung) for rung in range(3)] == [0.0, 0.5, 1.0]
    assert ladder.changes(1) == {SNOW: 0.5}
    two = Ladder(rungs={SNOW: (0.0, 0.5), "conditions.weather.fog_density": (0.0, 80.0)})
    assert [two.height(rung) for rung in range(2)] == [0.0, 1.0]
    assert two.changes(1) == {SNOW: 0.5, "conditions.weather.fog_density": 80.0}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rungs": {SNOW: (0.1,)}}, "from 2 on"),
        ({"rungs": {SNOW: (0.1, 0.2), "traffic": (1, 2, 3)}}, "one number"),
        ({"rungs": {SNOW: (0.1, 2.0)}}, "snow_cover=2.0"),
        ({"season": "sommer", "rungs": {SNOW: (0.1, 0.2)}}, "sommer"),
    ],
)
def test_ladders_that_cannot_be_climbed_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ladder.model_validate(values)


def test_factors_of_one_seed_are_added_one_by_one() -> None:
    for seed in range(20):
        drawn = [FACTORS.draw(k, seed) for k in range(5)]
        assert drawn[0] == {}
        for fewer, more in pairwise(drawn):
            assert fewer.items() <= more.items()
        assert len(drawn[4]) == 4
        assert drawn == [FACTORS.draw(k, seed) for k in range(5)]


def test_every_factor_and_value_is_drawn_alike() -> None:
    first = [next(iter(FACTORS.draw(1, seed).items())) for seed in range(2000)]
    counts = Counter(path for path, _ in first)
    assert len(counts) == 4
    assert min(counts.values()) > 420
    seasons = Counter(value for path, value in first if path == "season")
    assert min(seasons.values()) > 120
    marks = [float(value) for path, value in first if path == "conditions.season.mark_visibility"]
    assert 0.1 <= min(marks) < 0.11
    assert 0.39 < max(marks) <= 0.4


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"each": {"a": {SNOW: [0.1, 0.2, 0.3]}}}, "low, high"),
        ({"each": {"a": {}}}, "changes nothing"),
        ({"each": {"a": {SNOW: [0.1, 0.2]}}, "at_once": [2]}, "0 to 1"),
        ({"each": {"a": {"season": ["sommer"]}}}, "sommer"),
    ],
)
def test_factors_that_cannot_be_drawn_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Factors.model_validate(values)


def test_trials_of_a_suite_share_their_routes() -> None:
    suite = Suite(
        name="shifts",
        maps=("country_loop",),
        conditions={"winter": ("day",)},
        ladders={"snow": Ladder(season="winter", rungs={SNOW: (0.0, 1.0)})},
        factors=Factors(at_once=(0, 2), each=FACTORS.each),
        episodes=3,
    )
    trials = suite.trials
    assert Counter((trial.shift, trial.rung) for trial in trials) == {
        ("", None): 3, ("snow", 0.0): 3, ("snow", 1.0): 3, ("factors", 0.0): 3, ("factors", 2.0): 3
    }  # fmt: skip
    for trial in trials:
        assert trial.scenario.route_seed == suite.first_route_seed + trial.episode
        assert trial.scenario.seed == suite.first_seed + trial.episode
        assert trial.scenario.conditions.season.name == trial.season
    assert {t.scenario.conditions.season.snow_cover for t in trials if (t.shift, t.rung) == ("snow", 1.0)} == {1.0}
    assert len({trial.scenario.model_dump_json() for trial in trials if trial.shift == "factors"}) == 6


def test_a_shift_that_a_suite_does_not_hold_is_refused() -> None:
    with pytest.raises(ArgumentError, match="shift"):
        Suite(name="one", maps=("country_loop",), conditions={"summer": ("day",)}).trials_of("snow")


def test_a_suite_without_anything_to_drive_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Suite(name="nothing", maps=("country_loop",))
