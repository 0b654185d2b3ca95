"""What every kind of policy must do; one suite, run over the registry."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import huber_loss

from wormdrive.agents.policies import policy as policy_module
from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.agents.policies.policy import Policy, PolicyConfig, small_linear
from wormdrive.agents.policies.registry import POLICY_KINDS, build_policy, parse_policy_config
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError


def make(kind: str, **options: object) -> Policy:
    torch.manual_seed(0)
    return build_policy({"kind": kind, **options}).eval()


def frames(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 78, 200, 3), np.uint8)


def images(batch: int, samples: int) -> torch.Tensor:
    return torch.rand(batch, samples, 1, 39, 100, generator=torch.Generator().manual_seed(0))


@pytest.fixture(params=["bf16", "float32"])
def precision(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of inference, whatever this processor would choose."""
    dtype = torch.bfloat16 if request.param == "bf16" else torch.float32
    monkeypatch.setattr(policy_module, "fast_inference_dtype", lambda device: dtype)
    return str(request.param)


def test_paper_policy_has_the_paper_counts() -> None:
    policy = NCPPolicy(NCPPolicyConfig.paper())
    assert sum(p.numel() for p in policy.head.parameters()) == 79_420
    assert sum(p.numel() for p in policy.cell.parameters()) == 1_065
    assert policy.state_size == 19
    assert len(policy.config.wiring.synapses) == 252
    # The rest maps 32 features onto sensory neurons and the motor neuron onto steering.
    assert sum(p.numel() for p in policy.parameters()) == 79_420 + 1_065 + 2 * 32 + 2


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_shapes_and_names(kind: str) -> None:
    policy = make(kind)
    state = policy.initial_state(3)
    assert state.shape == (3, policy.state_size)
    output = policy(images(3, 4), state)
    assert output.curvature.shape == (3, 4)
    assert output.curvature.dtype == torch.float32
    assert output.state.shape == state.shape
    assert output.auxiliary is None, "evaluation mode"
    trace = policy.trace(images(3, 4), state)
    assert torch.equal(trace.curvature, output.curvature)
    assert trace.features.shape == (3, 4, policy.head.feature_count)
    assert trace.activity.shape == (3, 4, len(policy.neuron_names))


def test_auxiliary_only_while_training() -> None:
    policy = make("ncp")
    policy.train()
    output = policy(images(2, 3), policy.initial_state(2))
    assert output.auxiliary is not None
    assert output.auxiliary.shape == (2, 3)
    assert make("ncp", auxiliary=False).train()(images(2, 3), policy.initial_state(2)).auxiliary is None


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_a_sequence_is_its_steps(kind: str) -> None:
    policy = make(kind)
    x = images(2, 5)
    with torch.no_grad():
        whole = policy(x, policy.initial_state(2))
        state, parts = policy.initial_state(2), []
        for t in range(5):
            output = policy(x[:, t : t + 1], state)
            parts.append(output.curvature)
            state = output.state
    torch.testing.assert_close(torch.cat(parts, 1), whole.curvature, rtol=0, atol=1e-5)
    torch.testing.assert_close(state, whole.state, rtol=0, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", POLICY_KINDS)
@pytest.mark.parametrize("batch", [1, 5, 70])
def test_a_car_drives_the_same_alone_and_in_company(kind: str, batch: int, precision: str) -> None:
    policy = make(kind)
    together, apart = policy.initial_state(batch), [policy.initial_state(1) for _ in range(3)]
    chosen = (0, batch // 2, batch - 1)
    for step in range(3):
        seen = frames(batch, step)
        curvature, together = policy.act(seen, together)
        assert curvature.shape == (batch,)
        assert curvature.dtype == np.float32
        for i, car in enumerate(chosen):
            alone, apart[i] = policy.act(seen[car : car + 1], apart[i])
            assert alone[0] == curvature[car]
            assert torch.equal(apart[i][0], together[car])
    assert len(np.unique(curvature)) == batch


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_acting_agrees_with_forward(kind: str, precision: str) -> None:
    policy = make(kind)
    seen = frames(4)
    reduced = policy.preprocessor.reduce(torch.from_numpy(seen))
    state = torch.rand(4, policy.state_size)
    with torch.no_grad():
        expected = policy(reduced.unsqueeze(1), state, 0.7)
    curvature, new_state = policy.act(seen, state, 0.7)
    tolerance = 2e-2 if precision == "bf16" else 1e-6
    np.testing.assert_allclose(curvature, expected.curvature[:, 0].numpy(), atol=tolerance)
    torch.testing.assert_close(new_state, expected.state, rtol=0, atol=10 * tolerance)


def test_elapsed_matters_to_the_liquid_policy() -> None:
    policy = make("ncp")
    x, state = images(2, 3), torch.rand(2, 19)
    with torch.no_grad():
        slow, quick = policy(x, state, 0.1).curvature, policy(x, state, 2.0).curvature
        varying = policy(x, state, torch.tensor([[0.1, 2.0, 1.0]]).expand(2, 3)).curvature
    assert not torch.allclose(slow, quick, atol=1e-4)
    torch.testing.assert_close(varying[:, 0], slow[:, 0])


@pytest.mark.parametrize("kind", POLICY_KINDS)
@pytest.mark.parametrize("batch", [1, 5])
def test_acting_takes_a_time_for_each_car(kind: str, batch: int) -> None:
    policy = make(kind)
    seen, state = frames(batch), torch.rand(batch, policy.state_size)
    for elapsed in (1.0, 0.7, 1 / 3, 6.1):
        one, after = policy.act(seen, state, elapsed)
        each, then = policy.act(seen, state, np.full(batch, elapsed))
        np.testing.assert_array_equal(one, each)
        assert torch.equal(after, then)
    times = np.linspace(0.5, 9.0, batch)
    together, after = policy.act(seen, state, times)
    for car in range(batch):
        alone, then = policy.act(seen[[car]], state[[car]], float(times[car]))
        assert alone[0] == together[car]
        assert torch.equal(then[0], after[car])


def test_times_that_are_not_allowed_are_named() -> None:
    policy = make("ncp")
    with pytest.raises(ArgumentError, match=r"elapsed: shape \(3,\): allowed is a number or \(2,\), one a car"):
        policy.act(frames(2), policy.initial_state(2), np.ones(3))
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(ArgumentError, match=r"elapsed=.*: allowed are finite numbers >= 0"):
            policy.act(frames(2), policy.initial_state(2), np.array([1.0, wrong]))


def test_tightest_bends_lie_well_inside_the_range() -> None:
    """A motor neuron at +-0.6, within what its synapses reach, must stand for more than a bend of 9 m."""
    policy = make("ncp")
    assert 0.6 * policy.config.output_scale * policy.output_gain.item() > 1 / 9


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_trains_on_a_simple_task(kind: str) -> None:
    """Steer towards a bright post.

    Over six seeds, in bfloat16 and in float32, no kind ended above a quarter of the bound. Kinds dwell before they find
    the post, the liquid ones up to 40 steps of the 70; and without the warm-up the large one may die at the start.
    """
    policy = make(kind, output_scale=0.1, preprocess={"height": 40, "width": 100}).train()
    optimiser = torch.optim.Adam(policy.parameters(), 3e-3)
    warm_up = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / 15, 1.0))
    generator = torch.Generator().manual_seed(1)
    half = policy_module.fast_inference_dtype(torch.device("cpu")) is torch.bfloat16
    errors = []
    for _ in range(70):
        place = torch.randint(5, 45, (12, 1), generator=generator)
        x = torch.rand(12, 3, 1, 20, 50, generator=generator) * 0.3
        x += 0.5 * ((torch.arange(50) - place).abs() < 2)[:, None, None, None]
        target = ((25 - place) / 400).expand(12, 3)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):  # as training does
            output = policy(x, policy.initial_state(12))
        loss = huber_loss(30 * output.curvature, 30 * target, delta=0.5)
        if output.auxiliary is not None:
            loss = loss + huber_loss(30 * output.auxiliary, 30 * target, delta=0.5)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimiser.step()
        warm_up.step()
        errors.append((output.curvature - target)[:, -1].detach().square().mean().item())
    assert np.mean(errors[-5:]) < (20 / 400) ** 2 / 3 / 8, "an eighth of what driving straight on would leave"


def test_read_outs_begin_near_straight_on() -> None:
    """A tenth of torch's first weights, which lie evenly within 1 / sqrt(inputs)."""
    torch.manual_seed(0)
    linear = small_linear(400)
    weight = linear.weight.detach()
    assert not linear.bias.any()
    assert 0.004 < float(weight.abs().max()) <= 0.1 / 20
    assert float(weight.std()) == pytest.approx(0.005 / 3**0.5, rel=0.1)


def test_same_seed_same_weights() -> None:
    for kind in POLICY_KINDS:
        for a, b in zip(make(kind).parameters(), make(kind).parameters(), strict=True):
            assert torch.equal(a, b)


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_configuration_round_trip(kind: str) -> None:
    config = make(kind, output_scale=0.3, preprocess={"crop_top": 4}).config
    assert parse_policy_config(config.model_dump(mode="json")) == config
    assert config.preprocess.crop_top == 4


def test_another_wiring() -> None:
    wiring = Wiring.ncp(inter=18, command=12, motor=1, sensory_fan_out=8, seed=1)
    policy = NCPPolicy(NCPPolicyConfig(wiring=wiring))
    assert policy.state_size == 31
    assert policy(images(1, 1), policy.initial_state(1)).state.shape == (1, 31)
    with pytest.raises(ArgumentError, match="20 sensory and 1 motor"):
        NCPPolicy(NCPPolicyConfig(wiring=Wiring.ncp(sensory=20)))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ([], "a list: allowed is an object"),
        ({"kind": "magic"}, "kind='magic': allowed are ncp, cfc, feedforward"),
        ({"kind": ["ncp"]}, "allowed are ncp"),
        ({"kind": "ncp", "unfolds": 0}, "unfolds=0: .*greater than or equal to 1"),
        ({"kind": "ncp", "colour": "red"}, "colour='red': Extra inputs"),
        ({"kind": "ncp", "wiring": {"neurons": []}}, "wiring"),
        ({"kind": "ncp", "preprocess": {"height": 77}}, "multiple of downsample"),
        ({"kind": "ncp", "output_scale": float("nan")}, "output_scale=nan"),
        ({"kind": "feedforward", "hidden": "x" * 500}, r"hidden='x{20,90}\.\.\.: "),
    ],
)
def test_wrong_configurations_are_refused(data: object, complaint: str) -> None:
    with pytest.raises(ArgumentError, match=complaint):
        parse_policy_config(data)


def test_unknown_kind_cannot_be_built() -> None:
    with pytest.raises(ArgumentError, match="kind='mine'"):
        build_policy(PolicyConfig(kind="mine"))


def test_wrong_shapes_are_refused() -> None:
    policy = make("ncp")
    with pytest.raises(ArgumentError, match=r"images: shape \(1, 1, 39, 100\): allowed is \(B, T, C, h, w\)"):
        policy(torch.zeros(1, 1, 39, 100), policy.initial_state(1))
    with pytest.raises(ArgumentError, match="state: 2 rows for 3 frames"):
        policy.act(frames(3), policy.initial_state(2))
    with pytest.raises(ArgumentError, match=r"frames='x': allowed is an array \(B, H, W, 3\) of uint8"):
        policy.act("x", policy.initial_state(1))
    with pytest.raises(ArgumentError, match=r"frames=float64 \(1, 78, 200, 3\): allowed"):
        policy.act(np.zeros((1, 78, 200, 3)), policy.initial_state(1))
    with pytest.raises(ArgumentError, match=r"state=torch.float32 \(1, 3\): allowed is a tensor \(B, 19\)"):
        policy.act(frames(1), torch.zeros(1, 3))
    for batch in ("x", -1, 1.5):
        with pytest.raises(ArgumentError, match="allowed is a whole number from 0"):
            policy.initial_state(batch)
