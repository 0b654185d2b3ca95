from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED, SUITES, Suite, load_suite


@pytest.mark.parametrize("name", SUITES)
def test_shipped_suites_hold_no_seed_that_training_may_draw(name: str) -> None:
    suite = load_suite(name)
    for condition in suite.all_conditions:
        for scenario in suite.scenarios(condition):
            assert scenario.route_seed >= 10_000
            assert scenario.seed >= 1_000_000


def test_four_seasons_drives_every_season_in_every_weather_that_it_has() -> None:
    suite = load_suite("four-seasons")
    assert list(suite.conditions) == ["summer", "autumn", "winter", "spring"]
    for season, weathers in suite.conditions.items():
        assert set(weathers) >= {"day", "dusk", "night", "fog"}
        assert ("snowfall" in weathers) == (season == "winter")
        assert ("rain" in weathers) == (season != "winter")
    assert suite.episodes >= 10


def test_conditions_differ_in_season_and_weather_alone() -> None:
    suite = load_suite("four-seasons")
    summer = suite.scenarios(("summer", "day"))
    winter = suite.scenarios(("winter", "fog"))
    assert len(summer) == suite.episodes
    for a, b in zip(summer, winter, strict=True):
        assert a.conditions != b.conditions
        assert a == b.model_copy(update={"conditions": a.conditions})
    assert len({scenario.route_seed for scenario in summer}) == len({s.seed for s in summer}) == suite.episodes
    assert {scenario.map for scenario in summer} == set(suite.maps)


def test_a_suite_of_ones_own_is_read_and_its_maps_lie_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("{name: mine, maps: [suburb, roads/a.xodr], conditions: {winter: [night]}, episodes: 3}")
    suite = load_suite(file)
    assert suite.maps == ("suburb", str(tmp_path / "roads/a.xodr"))
    assert suite.all_conditions == [("winter", "night")]
    assert [scenario.map for scenario in suite.scenarios(("winter", "night"))][2] == "suburb"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name: a\nmaps: [x]\nconditions: {monsoon: [day]}", "season='monsoon'"),
        ("name: a\nmaps: [x]\nconditions: {summer: [hail]}", "weather='hail'"),
        ("name: a\nmaps: [x]\nconditions: {summer: []}", "summer has no weather"),
        ("name: a\nmaps: [x]\nconditions: {summer: [day, day]}", "repeat"),
        ("name: a\nmaps: []\nconditions: {summer: [day]}", "maps=[]"),
        ("name: a\nmaps: [x]\nconditions: {summer: [day]}\nepisodes: 0", "episodes=0"),
        (f"name: a\nmaps: [x]\nconditions: {{summer: [day]}}\nfirst_seed: {FIRST_SEED - 1}", "first_seed=999999"),
        (
            f"name: a\nmaps: [x]\nconditions: {{summer: [day]}}\nfirst_route_seed: {FIRST_ROUTE_SEED - 1}",
            "first_route_seed=9999",
        ),
        ("name: a\nmaps: [x]\nconditions: {summer: [day]}\nlaps: 3", "laps"),
        ("- name", "mapping"),
        ("name: [", "not YAML"),
    ],
)
def test_a_faulty_suite_names_file_and_field(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(text)
    with pytest.raises(ArgumentError) as raised:
        load_suite(file)
    assert str(file) in str(raised.value)
    assert named in str(raised.value)


def test_unknown_and_missing_suites_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"five-seasons.*four-seasons"):
        load_suite("five-seasons")
    with pytest.raises(ArgumentError, match=r"none\.yaml: cannot be read: No such file"):
        load_suite(tmp_path / "none.yaml")


def test_narrowed_keeps_seeds_and_complains_when_nothing_is_left() -> None:
    suite = load_suite("four-seasons")
    small = suite.narrowed(maps=["a.xodr"], episodes=2, weathers=["day", "snowfall"], seasons=["winter", "summer"])
    assert isinstance(small, Suite)
    assert small.all_conditions == [("summer", "day"), ("winter", "day"), ("winter", "snowfall")]
    assert [scenario.seed for scenario in small.scenarios(("summer", "day"))] == [FIRST_SEED, FIRST_SEED + 1]
    assert small.scenarios(("summer", "day"))[1].map == "a.xodr"
    with pytest.raises(ArgumentError, match="conditions"):
        suite.narrowed(seasons=["summer"], weathers=["snowfall"])
    with pytest.raises(ArgumentError, match="episodes=0"):
        suite.narrowed(episodes=0)


def test_shifts_hold_every_kind_of_factor_and_grow_harder() -> None:
    suite = load_suite("shifts")
    trials = suite.trials
    assert len(suite.ladders) >= 12
    assert len(trials) == suite.episodes * (sum(map(len, suite.ladders.values())) + 4)
    assert suite.factors is not None
    assert set(suite.factors.each) == {
        "season", "weather", "light", "marks", "grip", "mount", "sensor", "actuation"
    }  # fmt: skip
    for ladder in suite.ladders.values():
        heights = [ladder.height(rung) for rung in range(len(ladder))]
        assert heights in (sorted(heights), sorted(heights, reverse=True))
    # its drives are none of those that other suites hold
    seeds = {trial.scenario.seed for trial in trials}
    assert all(
        seeds.isdisjoint(t.scenario.seed for t in load_suite(name).trials) for name in SUITES if name != "shifts"
    )
