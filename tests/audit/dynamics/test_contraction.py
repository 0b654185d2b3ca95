from __future__ import annotations

import numpy as np
import pytest

from tests.audit.toys import DT_S, drive_of, ltc, some_features
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.dynamics.contraction import contraction


def test_a_leak_forgets_by_the_same_share_every_step() -> None:
    policy = ltc(weight=0.0, leak=0.05, capacitance=0.5)
    found = contraction(policy, drive_of(policy, some_features(240)))
    assert found is not None
    step = DT_S / policy.config.sample_period_s / 6
    share = (0.5 / (0.5 + step * 0.05)) ** (6 * np.arange(len(found.state)))
    assert found.state == pytest.approx(share, rel=1e-2, abs=2e-3)
    assert found.half_life_s == pytest.approx(DT_S * np.ceil(np.log(0.5) / np.log(share[1])))
    assert found.last_percent_s == pytest.approx(DT_S * np.ceil(np.log(0.01) / np.log(share[1])), abs=DT_S)


def test_who_does_not_forget_has_no_half_life() -> None:
    policy = ltc(weight=0.0, leak=1e-6)
    found = contraction(policy, drive_of(policy, some_features(40)))
    assert found is not None
    assert found.half_life_s is None


def test_steering_comes_together_too() -> None:
    policy = build_policy({"kind": "gru"})
    found = contraction(policy, drive_of(policy, some_features(60)), seed=3)
    assert found is not None
    assert len(found.answers) == len(found.state) - 1 == len(found.time_s) - 1 == 30
    again = contraction(policy, drive_of(policy, some_features(60)), seed=3)
    assert again is not None
    assert np.array_equal(found.answers, again.answers)


def test_a_policy_without_memory_has_nothing_to_forget() -> None:
    policy = build_policy({"kind": "feedforward"})
    assert contraction(policy, drive_of(policy, some_features(4))) is None
