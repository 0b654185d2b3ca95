from __future__ import annotations

import pytest

from wormdrive.convoy.course import CONDITIONS, course
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES


def test_everyday_conditions_differ_in_looks_and_grip_alone() -> None:
    summer, slippery, winter = (course(condition) for condition in CONDITIONS[:3])
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
    assert {profiles.count(profile) for profile in EVERYDAY_PROFILES} == {2}


def test_in_an_emergency_the_first_car_alone_finds_summers_grip_in_winter() -> None:
    summer, winter = course("emergency"), course("emergency-winter")
    assert {one.profile for one in (*summer, *winter)} == {"emergency"}
    for a, b in zip(summer, winter, strict=True):
        assert (a.road.route_seed, a.road.seed) == (b.road.route_seed, b.road.seed)
        assert a.leader_friction is None
        assert b.leader_friction == a.road.conditions.friction > 2.0 * b.road.conditions.friction


def test_an_unknown_condition_is_refused() -> None:
    with pytest.raises(ArgumentError, match="condition='ice': allowed are summer, slippery, winter, emergency, emerg"):
        course("ice")
