from __future__ import annotations

import numpy as np
import pytest

from tests.audit.toys import drive_of, ltc, some_features
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.dynamics.resampling import with_fewer_frames, with_unfolds
from wormdrive.envs.common.errors import ArgumentError


def test_its_own_number_of_unfolds_changes_nothing_and_others_do() -> None:
    policy = ltc(weight=0.5, slope=4.0)
    drive = drive_of(policy, some_features(90))
    own, few, many = (with_unfolds(policy, drive, unfolds) for unfolds in (6, 1, 1000))
    assert own is not None
    assert few is not None
    assert many is not None
    assert own.rms_per_m == own.share == 0.0
    assert few.rms_per_m > many.rms_per_m > 0.0
    assert policy.cell.unfolds == 6
    with pytest.raises(ArgumentError, match="unfolds=0: allowed are 1 to 1000"):
        with_unfolds(policy, drive, 0)


def test_only_an_ltc_has_unfolds() -> None:
    policy = build_policy({"kind": "cfc"})
    assert with_unfolds(policy, drive_of(policy, some_features(40)), 3) is None


def test_with_features_that_stand_still_the_frame_rate_does_not_matter() -> None:
    policy = ltc(weight=0.5, slope=4.0, leak=20.0)
    still = drive_of(policy, np.repeat(some_features(1), 200, axis=0))
    assert with_fewer_frames(policy, still, 5).rms_per_m < 1e-5


def test_who_is_not_told_the_time_does_worse() -> None:
    policy = ltc(weight=0.3, slope=4.0, leak=0.1)
    drive = drive_of(policy, some_features(400))
    told, untold = (with_fewer_frames(policy, drive, 6, tell_elapsed=tell) for tell in (True, False))
    assert 0.0 < told.share < untold.share
    assert with_fewer_frames(policy, drive, 1).rms_per_m == 0.0
    with pytest.raises(ArgumentError, match="stride=15: allowed are 1 to 10 for a drive of 40 frames"):
        with_fewer_frames(policy, drive_of(policy, some_features(40)), 15)
