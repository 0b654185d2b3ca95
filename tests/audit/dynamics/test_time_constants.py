from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.audit.toys import drive_of, ltc, some_features
from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.audit.dynamics.time_constants import time_constants


def test_a_neuron_that_hears_nothing_is_as_slow_as_its_leak() -> None:
    policy = ltc(weight=0.0, leak=2.0, capacitance=0.5)
    found = time_constants(policy, drive_of(policy, some_features(5)))
    assert found is not None
    assert found.seconds == pytest.approx(0.5 / 2.0 * policy.config.sample_period_s)
    assert found.liquidity == pytest.approx(1.0)
    assert found.names == policy.neuron_names


def test_open_synapses_make_it_faster() -> None:
    policy = ltc(weight=0.8, slope=0.0)
    found = time_constants(policy, drive_of(policy, some_features(5)))
    assert found is not None
    synapses = np.bincount(policy.config.wiring.targets, minlength=policy.state_size)
    assert found.heard == pytest.approx(np.tile(0.8 * 0.5 * synapses, (5, 1)), rel=1e-5)
    constant = 0.5 / (2.0 + 0.4 * synapses) * policy.config.sample_period_s
    assert found.seconds == pytest.approx(np.tile(constant, (5, 1)), rel=1e-5)


def test_it_is_what_the_equation_says_of_small_steps() -> None:
    """Of a potential v near its fixed point, dv/dt = -(v - v*) / tau as long as what it hears stays as it is."""
    policy = ltc(weight=0.8, slope=4.0)
    features = np.repeat(some_features(1), 2000, axis=0)
    drive = drive_of(policy, features)
    found = time_constants(policy, drive)
    assert found is not None
    rest, moved = torch.from_numpy(drive.state[-1:]), torch.from_numpy(drive.state[-1:].copy())
    moved[0, 0] += 0.01  # the motor neuron: nobody hears it
    step = 1e-3
    after = [
        policy.control(torch.from_numpy(features[None, :1]), state, step).state[0, 0, 0].double()
        for state in (rest, moved)
    ]
    decay = -np.log(float(after[1] - after[0]) / 0.01) / (step * policy.config.sample_period_s)
    assert 1 / decay == pytest.approx(found.seconds[-1, 0], rel=2e-2)


def test_the_gate_of_a_closed_form_neuron() -> None:
    policy = build_policy({"kind": "cfc"})
    assert isinstance(policy, CfCPolicy)
    with torch.no_grad():
        policy.cell.weight[2], policy.cell.memory[2], policy.cell.bias[2] = 0.0, 0.0, -4.0
    found = time_constants(policy, drive_of(policy, some_features(3)))
    assert found is not None
    assert found.seconds == pytest.approx(policy.config.sample_period_s / 4)


def test_other_kinds_have_none() -> None:
    policy = build_policy({"kind": "lstm"})
    assert time_constants(policy, drive_of(policy, some_features(3))) is None
