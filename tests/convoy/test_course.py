from __future__ import annotations

import pytest

from wormdrive.convoy.course import CONDITIONS, course
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.convoy.speed_profile import PROFILES


def test_conditions_differ_in_looks_and_grip_alone() -> None:
    summer, slippery, winter = (course(condition) for condition in CONDITIONS)
    assert len(summer) == 8
    for a, b, c in zip(summer, slippery, winter, strict=True):
        assert a.profile == b.profile == c.profile
        assert {(one.road.route_seed, one.road.seed, one.road.time_limit_s) for one in (a, b, c)} == {
            (a.road.route_seed, a.road.seed, 30.0)
        }
        assert a.road.conditions == b.road.conditions != c.road.conditions
        assert a.road.disturbances == c.road.disturbances
        grip = b.road.disturbances.grip
        assert grip is not None
        assert b.road.conditions.friction * grip.factor == pytest.approx(c.road.conditions.friction, rel=0.01)


def test_every_profile_is_driven_equally_often() -> None:
    profiles = [one.profile for one in course("winter")]
    assert {profiles.count(profile) for profile in PROFILES} == {2}


def test_an_unknown_condition_is_refused() -> None:
    with pytest.raises(ArgumentError, match="condition='ice': allowed are summer, slippery, winter"):
        course("ice")
