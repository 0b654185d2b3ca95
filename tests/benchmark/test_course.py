from __future__ import annotations

from math import ceil, log2

import pytest

from wormdrive.benchmark.course import Course, LadderBisection
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.shift import Ladder
from wormdrive.scenarios.suite import Suite, Trial


def suite(rungs: int = 6) -> Suite:
    return Suite(
        name="short",
        maps=("country_loop",),
        conditions={"summer": ("day",)},
        ladders={"fog": Ladder(rungs={"conditions.weather.fog_density": tuple(float(k) for k in range(rungs))})},
        episodes=4,
        route_length_m=20.0,
    )


def driven(course: Course, successes: list[int]) -> list[tuple[Trial, bool]]:
    """Drive by a list: of each rung's four routes so many succeed."""
    found: list[tuple[Trial, bool]] = []
    while coming := course.coming(found):
        assert [trial.episode for trial in coming] == [0, 1, 2, 3]
        assert len({trial.rung for trial in coming}) == 1
        found += [(trial, trial.episode < successes[int(trial.rung or 0)]) for trial in coming]
    return found


def test_a_course_is_driven_whole_and_once() -> None:
    course = Course(suite(), "fog")
    assert list(course.coming([])) == list(course.trials)
    assert not course.coming([(trial, True) for trial in course.trials])
    assert course.most_drives == len(course.trials) == 24


@pytest.mark.parametrize("rungs", range(2, 18))
def test_wherever_it_breaks_both_neighbours_are_driven_with_few_rungs(rungs: int) -> None:
    course = LadderBisection(suite(rungs), "fog")
    most = 0
    for breaks in range(rungs + 1):
        found = driven(course, [4] * breaks + [0] * (rungs - breaks))
        order = list(dict.fromkeys(trial.rung for trial, _ in found))
        assert {rung for rung in (breaks - 1, breaks) if 0 <= rung < rungs} <= set(order)
        most = max(most, len(order))
        assert len(found) == 4 * len(order) <= course.most_drives
    assert most == ceil(log2(rungs + 1)) == course.most_drives // 4


def test_the_next_rung_follows_from_half_of_the_drives() -> None:
    course = LadderBisection(suite(), "fog")

    def rungs(successes: list[int]) -> list[float | None]:
        return list(dict.fromkeys(trial.rung for trial, _ in driven(course, successes)))

    assert rungs([4, 4, 2, 1, 1, 0]) == [2, 4, 3]
    assert rungs([4, 2, 1, 1, 0, 0]) == [2, 0, 1]
    assert rungs([1, 4, 1, 4, 4, 4]) == [2, 0]  # what is easier or harder than the break is not looked at


def test_conditions_are_no_ladder() -> None:
    with pytest.raises(ArgumentError, match="suite short: ladder='': allowed are fog"):
        LadderBisection(suite(), "")
    with pytest.raises(ArgumentError, match="shift='rain'"):
        Course(suite(), "rain")
