from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import Latency
from wormdrive.scenarios.suite import Suite, load_suite

SNOW = "conditions.season.snow_cover"


def test_a_file_of_nothing_but_numbers_is_a_suite_named_after_it(tmp_path: Path) -> None:
    file = tmp_path / "alps.yaml"
    file.write_text(
        f"given:\n  first snow: {{season: winter, {SNOW}: 0.1}}\n  late: {{disturbances.latency.delay_s: 1}}"
    )
    suite = load_suite(file)
    assert (suite.name, suite.maps, suite.shifts) == ("alps", ("country_loop",), ["given"])
    trials = suite.trials
    assert [(t.shift, t.rung, t.episode) for t in trials] == [
        (name, None, k) for name in ("first snow", "late") for k in range(suite.episodes)
    ]
    snow, late = trials[0], trials[suite.episodes]
    assert (snow.season, snow.weather) == ("winter", "given")
    assert snow.scenario.conditions == Conditions.preset("winter", "day").replace(season={"snow_cover": 0.1})
    assert (late.season, late.weather) == ("summer", "given")
    assert late.scenario.conditions == Conditions.preset("summer", "day")
    assert late.scenario.disturbances.latency == Latency(delay_s=1.0)
    assert (snow.scenario.route_seed, snow.scenario.seed) == (late.scenario.route_seed, late.scenario.seed)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (f"{{a: {{{SNOW}: 3}}}}", "given.a: conditions: season.snow_cover=3: allowed is a number in [0, 1]"),
        (f"{{a: {{{SNOW}: .nan}}}}", "given.a: conditions: season.snow_cover=nan: allowed is a number in [0, 1]"),
        (f"{{a: {{{SNOW}: true}}}}", f"given.a: {SNOW}=True: allowed is a number or a name"),
        (f"{{a: {{{SNOW}: [0, 1]}}}}", f"given.a: {SNOW}=[0, 1]: allowed is a number or a name"),
        (
            "{a: {conditions.season.hail: 1}}",
            "given.a: conditions: season.hail=1: no such field; allowed are name, fol",
        ),
        (
            "{a: {disturbances.hail.size: 1}}",
            "given.a: disturbances: disturbances.hail={'size': 1}: no such field; all",
        ),
        ("{a: {season: monsoon}}", "given.a: season='monsoon': allowed are summer, autumn, winter, spring"),
        ("{a: {route_seed: 3}}", "given.a: path='route_seed': allowed are season, weather, paths that begin with cond"),
        ("{a: {conditions: 3}}", "given.a: path='conditions': allowed are season, weather, paths that begin with cond"),
        ("{a: {}}", "given.a: allowed is a table of paths and their values"),
        ("{a: 0.5}", "given.a=0.5: allowed is a table of paths and their values"),
        ('{"": {season: winter}}', "allowed is a name of 1 to 80 characters that can be printed"),
        ('{"a\\nb": {season: winter}}', "allowed is a name of 1 to 80 characters that can be printed"),
        ("[a]", "given=['a']: allowed is a table"),
    ],
)
def test_what_cannot_be_driven_is_refused_with_file_condition_path_and_value(
    tmp_path: Path, given: str, message: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(f"given: {given}")
    with pytest.raises(ArgumentError) as caught:
        load_suite(file)
    assert str(caught.value).startswith(f"suite {file}: given")
    assert message in str(caught.value)


def test_no_ladder_may_have_their_name() -> None:
    with pytest.raises(ValueError, match=r"ladders.given: .*allowed is another name"):
        Suite.model_validate({"name": "a", "ladders": {"given": {"rungs": {SNOW: [0, 1]}}}})
