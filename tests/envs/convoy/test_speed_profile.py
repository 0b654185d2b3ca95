from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.convoy.speed_profile import PROFILES, TOP_MPS, leader_speed


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_are_seeded_and_stay_within_what_a_car_can_do(profile: str) -> None:
    speeds = np.array([leader_speed(profile, seed, 600, 0.1) for seed in range(50)])
    np.testing.assert_array_equal(speeds[7], leader_speed(profile, 7, 600, 0.1))
    assert speeds.shape == (50, 601)
    assert speeds.min() >= 0.0
    assert speeds.max() <= TOP_MPS
    change = np.diff(speeds, axis=1) / 0.1
    assert change.max() <= 1.8 + 1e-9
    assert change.min() >= (-7.5 if profile == "emergency" else -4.0) - 1e-9
    assert len({tuple(row) for row in speeds}) == 50


def test_profiles_are_what_their_names_say() -> None:
    constant, sinusoid, stop_and_go, braking, emergency = (
        np.array([leader_speed(profile, seed, 600, 0.1) for seed in range(50)]) for profile in PROFILES
    )
    assert (np.ptp(constant, axis=1) == 0.0).all()
    assert (np.ptp(sinusoid, axis=1) >= 1.9).all()
    assert (stop_and_go.min(axis=1) <= 1.5).all()
    assert (np.diff(braking, axis=1).min(axis=1) <= -0.25 + 1e-6).all()
    assert (np.diff(emergency, axis=1).min(axis=1) <= -0.65 + 1e-6).all()
    assert (emergency.min(axis=1) == 0.0).all()


def test_a_part_of_a_longer_drive_is_the_same() -> None:
    for profile in PROFILES:
        np.testing.assert_array_equal(leader_speed(profile, 3, 100, 0.1), leader_speed(profile, 3, 300, 0.1)[:101])


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(
        ArgumentError, match="profile='racing': allowed are constant, sinusoid, stop_and_go, braking, emerg"
    ):
        leader_speed("racing", 0, 10, 0.1)
