from __future__ import annotations

import pytest

from tests.adapting.toys import frames_of, liquid, policy_of, summer_of
from wormdrive.adapting.car import keep_as_it_is
from wormdrive.adapting.safety_filter import SafetyFilter
from wormdrive.adapting.ways import WAYS, ways_named
from wormdrive.envs.common.errors import ArgumentError


def test_the_baseline_is_always_there_and_the_order_is_the_tables() -> None:
    assert [way.name for way in ways_named(["shift", "reset"])] == ["frozen", "reset", "shift"]
    with pytest.raises(ArgumentError, match="way='dream'"):
        ways_named(["dream"])


def test_every_way_makes_its_habit_and_those_that_learn_stop_afterwards() -> None:
    policy = liquid()
    summer = summer_of(policy, frames_of(1))
    for way in WAYS:
        habit = way.habit(summer, 0)(policy)
        assert isinstance(habit, SafetyFilter) == (way.learns and not way.name.endswith("-unwatched"))
        stops = way.afterwards(summer, 0) is keep_as_it_is
        assert stops == (way.learns or way.name == "frozen")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        ("ncp", set()),
        ("cfc", set()),
        ("lstm", {"reward", "reward-unwatched"}),
        ("feedforward", {"reset", "reward", "reward-unwatched"}),
    ],
)
def test_what_has_no_state_is_not_reset_and_what_is_not_liquid_has_no_traces(kind: str, refused: set[str]) -> None:
    assert {way.name for way in WAYS if not way.allows(policy_of(kind))} == refused
