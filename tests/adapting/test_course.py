from __future__ import annotations

import pytest

from wormdrive.adapting.course import PHASES, Course
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.suite import load_suite


def test_snow_arrives_as_on_the_ladder_and_no_road_is_driven_twice() -> None:
    course = Course(routes=4, snow=0.6)
    arriving, winter, summer = (course.scenarios(phase) for phase in PHASES)
    (rung, *_) = [trial for trial in load_suite("shifts").trials_of("arriving_snow") if trial.rung == 0.6]
    assert arriving[0].disturbances == rung.scenario.disturbances
    assert arriving[0].conditions == rung.scenario.conditions
    assert not winter[0].disturbances.kinds
    assert (winter[0].conditions.season.name, summer[0].conditions.season.name) == ("winter", "summer")
    roads = [scenario.route_seed for scenario in (*arriving, *winter, *summer)]
    assert len(set(roads)) == 12


def test_the_control_has_the_same_roads_in_summer() -> None:
    snow, nothing = Course(routes=2).scenarios("arriving"), Course(routes=2, arrives="nothing").scenarios("arriving")
    assert [(one.route_seed, one.seed) for one in snow] == [(one.route_seed, one.seed) for one in nothing]
    assert nothing[0].conditions == Course().scenarios("summer")[0].conditions
    assert not nothing[0].disturbances.kinds
    assert Course(arrives="nothing").scenarios("winter") == Course().scenarios("winter")
    with pytest.raises(ArgumentError, match="arrives='rain'"):
        Course(arrives="rain")


def test_numbers_out_of_bounds_are_named() -> None:
    with pytest.raises(ArgumentError, match=r"snow=2\.0: allowed is 0 to 1"):
        Course(snow=2.0)
    with pytest.raises(ArgumentError, match="routes=0: allowed is 1 to 300"):
        Course(routes=0)
