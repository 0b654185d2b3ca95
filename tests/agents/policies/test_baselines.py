"""The baselines: their sizes, their equations, and that they learn. What all policies share is in test_policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from tests.training.synthetic import episode
from wormdrive.agents.cells.ctrnn import CTRNN
from wormdrive.agents.cells.gru import GRU, GRUODE
from wormdrive.agents.cells.lstm import LSTM
from wormdrive.agents.cells.recurrent_cell import RecurrentCell
from wormdrive.agents.policies.cnn_policy import CNNPolicyConfig
from wormdrive.agents.policies.liquid_baselines import FullLTCPolicyConfig, RandomLTCPolicyConfig
from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.policies.recurrent_policies import (
    CTRNNPolicyConfig,
    GRUODEPolicyConfig,
    GRUPolicyConfig,
    LSTMPolicyConfig,
)
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.transformer_policy import TransformerPolicyConfig
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.saliency import visual_backprop
from wormdrive.training.config import TrainConfig
from wormdrive.training.learner import Learner

TIMED = ("cfc", "ctrnn", "gru_ode", "ltc_full", "ltc_random")
UNTIMED = ("lstm", "gru", "cnn", "transformer")
BASELINES = TIMED + UNTIMED


def make(kind: str, **options: object) -> Policy:
    torch.manual_seed(0)
    return build_policy({"kind": kind, **options}).eval()


def images(batch: int, samples: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(batch, samples, 1, 39, 100, generator=torch.Generator().manual_seed(seed))


def count(policy: Policy, *prefixes: str) -> int:
    return sum(p.numel() for name, p in policy.named_parameters() if name.startswith(prefixes))


@pytest.mark.parametrize(
    ("config", "head", "behind"),
    [
        # The paper's table.
        (LSTMPolicyConfig.paper(), 79_420, 24_897),
        (CTRNNPolicyConfig.paper(), 79_420, 6_273),
        (CNNPolicyConfig.paper(), 5_068_800, 100),  # 5,068,900 in all
        # What it does not have.
        (GRUPolicyConfig.paper(), 79_420, 3 * ((32 + 64) * 64 + 64) + 65),
        (GRUODEPolicyConfig.paper(), 79_420, 3 * ((32 + 64) * 64 + 64) + 65),
        (FullLTCPolicyConfig.paper(), 79_420, 4 * 969 + 3 * 19 + 2 * 32 + 2),
        (RandomLTCPolicyConfig.paper(), 79_420, 1_065 + 2 * 32 + 2),
        (TransformerPolicyConfig.paper(), 79_420, 18_753),
    ],
    ids=lambda value: value.kind if isinstance(value, PolicyConfig) else "",
)
def test_sizes(config: PolicyConfig, head: int, behind: int) -> None:
    policy = build_policy(config)
    assert policy.auxiliary is None
    assert (config.preprocess.image_height, config.preprocess.image_width, config.preprocess.channels) == (78, 200, 3)
    assert count(policy, "head.") == head
    assert count(policy, "") == head + behind


def test_weights_count_as_synapses_as_in_the_paper() -> None:
    weights = ("cell.input_weight", "cell.recurrent_weight", "output.weight")
    assert count(build_policy(LSTMPolicyConfig.paper()), *weights) == 24_640
    # The paper prints 6,112 beside its 6,273 parameters; see the docstring of recurrent_policies.
    assert count(build_policy(CTRNNPolicyConfig.paper()), *weights) == 6_208


@pytest.mark.parametrize("kind", ["lstm", "ctrnn", "gru", "gru_ode"])
def test_what_is_behind_the_eyes_has_one_size(kind: str) -> None:
    """The table's sizes are also those of the quick default."""
    assert count(make(kind), "cell.", "output.") == count(
        build_policy(type(make(kind).config).paper()), "cell.", "output."
    )


def fill(cell: RecurrentCell, seed: int, scale: float = 1.0) -> None:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)


@pytest.mark.parametrize(("ours", "theirs"), [(LSTM, torch.nn.LSTM), (GRU, torch.nn.GRU)])
def test_same_numbers_as_torch(ours: Callable[..., RecurrentCell], theirs: Callable[..., torch.nn.RNNBase]) -> None:
    cell, reference = ours(5, 7).double(), theirs(5, 7, batch_first=True).double()
    fill(cell, 1)
    with torch.no_grad():
        if ours is GRU:
            # torch resets U h instead of h: the same only where U is diagonal.
            cell.recurrent_weight[14:] = torch.diag(cell.recurrent_weight[14:].diagonal())
        reference.weight_ih_l0.copy_(cell.input_weight)
        reference.weight_hh_l0.copy_(cell.recurrent_weight)
        reference.bias_ih_l0.copy_(cell.bias)
        reference.bias_hh_l0.zero_()
    x = torch.randn(3, 11, 5, dtype=torch.float64)
    begin = torch.randn(3, cell.state_size, dtype=torch.float64)
    activity, state = cell(x, begin)
    parts = [part.contiguous().unsqueeze(0) for part in begin.split(7, 1)]
    expected, last = reference(x, tuple(parts) if ours is LSTM else parts[0])
    torch.testing.assert_close(activity, expected)
    torch.testing.assert_close(state, torch.cat(last, 2)[0] if ours is LSTM else last[0])
    activity.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(cell.input_weight.grad, reference.weight_ih_l0.grad)
    torch.testing.assert_close(cell.bias.grad, reference.bias_ih_l0.grad)


def test_the_lstm_begins_by_remembering() -> None:
    """Gers et al.: the forget gate's bias begins at 1, all others at 0."""
    admit, forget, candidate, emit = LSTM(3, 7).bias.detach().chunk(4)
    assert forget.tolist() == [1.0] * 7
    assert not torch.cat([admit, candidate, emit]).any()
    assert not GRU(3, 7).bias.detach().any()


def ctrnn_slope(cell: RecurrentCell, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    W, U, b = (p.detach().numpy() for p in (cell.input_weight, cell.recurrent_weight, cell.bias))
    return (-h + np.tanh(W @ x + U @ h + b)) / 0.7


def gru_slope(cell: RecurrentCell, x: np.ndarray, h: np.ndarray) -> np.ndarray:
    W, U, b = (p.detach().numpy().reshape(3, len(h), -1) for p in (cell.input_weight, cell.recurrent_weight, cell.bias))
    r, z = (1 / (1 + np.exp(-(W[i] @ x + U[i] @ h + b[i, :, 0]))) for i in (0, 1))
    return (1 - z) * (np.tanh(W[2] @ x + U[2] @ (r * h) + b[2, :, 0]) - h)


@pytest.mark.parametrize(
    ("make_cell", "slope"),
    [(lambda K: CTRNN(3, 4, K, time_constant=0.7), ctrnn_slope), (lambda K: GRUODE(3, 4, K), gru_slope)],
    ids=["ctrnn", "gru_ode"],
)
def test_follows_its_differential_equation_to_first_order(
    make_cell: Callable[[int], RecurrentCell], slope: Callable[..., np.ndarray]
) -> None:
    x, begin = np.array([0.5, -1.0, 0.3]), np.array([0.9, -0.5, 0.0, 0.4])
    errors = []
    for unfolds in (32, 64, 128, 256):
        cell = make_cell(unfolds).double()
        fill(cell, 2)
        exact = solve_ivp(lambda _, h, cell=cell: slope(cell, x, h), (0, 1.7), begin, rtol=1e-11, atol=1e-12).y[:, -1]
        with torch.no_grad():
            _, state = cell(torch.tensor(x)[None, None], torch.tensor(begin)[None], 1.7)
        errors.append(np.abs(state[0].numpy() - exact).max())
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 1.0, atol=0.1)
    assert errors[-1] < 5e-3


@pytest.mark.parametrize("cell_type", [CTRNN, GRUODE])
def test_time_is_divided_without_a_trace(cell_type: Callable[..., RecurrentCell]) -> None:
    """A gap of 2 in 6 unfolds is two gaps of 1 in 3 unfolds, and no time changes nothing."""
    whole, halves = cell_type(3, 4, 6), cell_type(3, 4, 3)
    fill(whole, 3)
    fill(halves, 3)
    x, begin = torch.randn(2, 1, 3), torch.rand(2, 4)
    with torch.no_grad():
        torch.testing.assert_close(halves(x.expand(2, 2, 3), begin, 1.0)[1], whole(x, begin, 2.0)[1])
        torch.testing.assert_close(whole(x, begin, 0.0)[1], begin)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**31), weight=st.floats(-3, 4), size=st.floats(-3, 6), time=st.floats(-6, 6),
    kind=st.sampled_from(["ctrnn", "gru_ode"]),
)  # fmt: skip
def test_states_are_bounded(seed: int, weight: float, size: float, time: float, kind: str) -> None:
    cell = (CTRNN(3, 5, learn_time_constants=True) if kind == "ctrnn" else GRUODE(3, 5)).float()
    fill(cell, seed, 10**weight)
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(64, 6, 3, generator=generator) * 10**size
    begin = torch.rand(64, 5, generator=generator) * 2 - 1
    elapsed = torch.rand(64, 6, generator=generator) * 10**time
    activity, _ = cell(x, begin, elapsed)
    assert bool((activity.abs() <= 1 + 1e-5).all())
    activity.sum().backward()
    assert all(bool(torch.isfinite(p.grad).all()) for p in cell.parameters() if p.grad is not None)


def test_learnt_time_constants() -> None:
    cell = CTRNN(32, 64, time_constant=3.0, learn_time_constants=True)
    assert sum(p.numel() for p in cell.parameters()) == 6_208 + 64
    torch.testing.assert_close(cell.time_constants, torch.full((64,), 3.0))
    torch.testing.assert_close(CTRNN(32, 64, time_constant=3.0).time_constants, torch.full((64,), 3.0))
    cell(torch.randn(2, 3, 32), torch.rand(2, 64))[0].sum().backward()
    assert cell.raw_time_constant is not None
    assert bool((cell.raw_time_constant.grad != 0).all())


@pytest.mark.parametrize("kind", BASELINES)
def test_elapsed_time_matters_where_there_is_time(kind: str) -> None:
    policy = make(kind)
    x, state = images(2, 3), torch.rand(2, policy.state_size)
    gaps = torch.tensor([[0.1, 2.0, 1.0], [1.0, 0.5, 0.3]])
    with torch.no_grad():
        plain, gapped = policy(x, state), policy(x, state, gaps)
        alone = policy(x[1:], state[1:], gaps[1:])
    torch.testing.assert_close(alone.curvature[0], gapped.curvature[1], rtol=0, atol=1e-6)
    assert torch.equal(plain.curvature, gapped.curvature) == (kind in UNTIMED)


@pytest.mark.parametrize("kind", BASELINES)
def test_two_halves_are_the_whole(kind: str) -> None:
    policy = make(kind)
    x, gaps = images(2, 9), torch.rand(2, 9, generator=torch.Generator().manual_seed(5)) * 3
    with torch.no_grad():
        whole = policy(x, policy.initial_state(2), gaps)
        first = policy(x[:, :4], policy.initial_state(2), gaps[:, :4])
        second = policy(x[:, 4:], first.state, gaps[:, 4:])
    torch.testing.assert_close(torch.cat([first.curvature, second.curvature], 1), whole.curvature, rtol=0, atol=1e-5)
    torch.testing.assert_close(second.state, whole.state, rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", BASELINES)
def test_no_car_sees_another_and_none_the_future(kind: str) -> None:
    policy = make(kind, auxiliary=False)
    features = torch.randn(3, 5, policy.head.feature_count, requires_grad=True)
    output, _, _ = policy._control(features, policy.initial_state(3), 1.0)
    (gradient,) = torch.autograd.grad(output[1, 2], features)
    moved = gradient.abs().sum(2) > 0
    expected = torch.zeros(3, 5, dtype=torch.bool)
    expected[1, 2 if policy.state_size == 0 else 0 : 3] = True
    assert torch.equal(moved, expected)


@pytest.mark.parametrize("kind", BASELINES)
def test_gradients_reach_every_parameter(kind: str) -> None:
    policy = make(kind).train()
    with torch.autocast("cpu", torch.bfloat16):
        output = policy(images(4, 5), policy.initial_state(4))
    assert output.curvature.dtype == output.state.dtype == torch.float32
    loss = output.curvature.square().sum() + output.state.square().sum()
    if output.auxiliary is not None:
        loss = loss + output.auxiliary.square().sum()
    loss.backward()
    for name, parameter in policy.named_parameters():
        assert parameter.grad is not None, name
        assert bool(torch.isfinite(parameter.grad).all()), name
        assert bool((parameter.grad != 0).any()), name


def test_attention_ends_with_its_context() -> None:
    policy = make("transformer", context=4)
    features = torch.randn(1, 9, 32, requires_grad=True)
    output, _, state = policy._control(features, policy.initial_state(1), 1.0)
    (gradient,) = torch.autograd.grad(output[0, 7], features)
    assert (gradient[0].abs().sum(1) > 0).tolist() == [False] * 4 + [True] * 4 + [False]
    assert state.shape == (1, 3 * 33)
    kept = state.view(3, 33)
    assert torch.equal(kept[:, :32], features[0, 6:])
    assert kept[:, 32].tolist() == [1, 1, 1]


def test_frames_that_never_were_are_not_seen() -> None:
    policy = make("transformer", context=4)
    features, state = torch.randn(1, 2, 32), policy.initial_state(1)
    rubbish = torch.cat([torch.full((3, 32), 1e3), torch.zeros(3, 1)], 1).view(1, -1)
    with torch.no_grad():
        assert torch.equal(policy._control(features, state, 1.0)[0], policy._control(features, rubbish, 1.0)[0])


def test_saliency_through_the_large_network() -> None:
    torch.manual_seed(0)
    for config in (CNNPolicyConfig.paper(), CNNPolicyConfig()):
        policy = build_policy(config)
        frames = torch.randint(0, 256, (2, 78, 200, 3), dtype=torch.uint8)
        maps = visual_backprop(policy.preprocessor, policy.head, frames)
        assert maps.shape == (2, 78, 200)
        torch.testing.assert_close(maps.amax((1, 2)), torch.ones(2))


@pytest.mark.slow
@pytest.mark.parametrize("kind", BASELINES)
def test_learns_what_the_pictures_show(kind: str) -> None:
    """The real training step, on a bar that leans by the target."""
    steps = {"cfc": 120, "cnn": 80, "ltc_full": 80}.get(kind, 40)  # they dwell before they find the bar
    policy = make(kind)
    student = Learner(policy, TrainConfig(model=kind, window=4, batch=4, steps=steps), CameraConfig(), bf16=False)
    sampler = student.episodes([episode(seed) for seed in range(4)])
    losses = [student.step(sampler, 0, step, steps) for step in range(steps)]
    assert all(np.isfinite(losses))
    assert sum(losses[-8:]) < 0.6 * sum(losses[:8])


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: LSTM(0, 4), "inputs=0"),
        (lambda: GRU(4, 5000), "neurons=5000"),
        (lambda: CTRNN(4, 4, 0), "unfolds=0"),
        (lambda: GRUODE(4, 4, 1001), "unfolds=1001"),
        (lambda: CTRNN(4, 4, time_constant=0.0), "time_constant=0.0"),
        (lambda: GRU(4, 4)(torch.zeros(1, 0, 4), torch.zeros(1, 4)), "inputs: shape"),
        (lambda: LSTM(4, 4)(torch.zeros(1, 1, 4), torch.zeros(1, 4)), r"state: shape \(1, 4\): allowed is \(1, 8\)"),
        (lambda: GRU(4, 4)(torch.zeros(2, 1, 4), torch.zeros(2, 4), torch.ones(2)), "elapsed: shape"),
        (lambda: make("transformer", width=30), "width=30 must be a multiple of heads=4"),
        (lambda: make("cnn", padding="valid"), "padding='valid': nothing is left"),
        (lambda: make("cnn", padding="none"), "padding='none'"),
        (lambda: make("ltc_random", head={"features_per_channel": 1}), "32 sensory"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(call: Callable[[], Any], complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        call()
