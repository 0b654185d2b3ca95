from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch

from tests.training.synthetic import episode
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.registry import POLICY_KINDS, build_policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.perception.augment import AugmentationConfig
from wormdrive.training import learner as learner_module
from wormdrive.training.checkpoint import Arithmetic, Position, load_checkpoint, save_checkpoint
from wormdrive.training.config import TrainConfig
from wormdrive.training.learner import Learner

EPISODES = [episode(seed) for seed in range(6)]


def learner(kind: str = "ncp", **settings: object) -> Learner:
    config = TrainConfig(model=kind, window=4, batch=4, steps=60, **settings)  # type: ignore[arg-type]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        policy = build_policy({"kind": kind, "output_scale": 0.05})
    return Learner(policy, config, CameraConfig(), bf16=False)


def test_asphalt_is_measured_on_what_it_looked_at_and_not_on_later_rounds() -> None:
    config = AugmentationConfig.none().model_copy(update={"cross_section": 1.0})
    later = [*EPISODES, *(episode(seed) for seed in range(20, 23))]
    weights = []
    for rounds in ([later], [EPISODES, later]):  # taken up in the second round, and not
        student = learner(augmentation=config)
        student.look_at(EPISODES)
        for episodes in rounds:
            sampler = student.episodes(episodes)
        student.step(sampler, 1, 0, 60)
        weights.append(student.policy.state_dict())
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())
    with pytest.raises(ArgumentError, match="cross_section"):
        learner(augmentation=config).step(sampler, 1, 0, 60)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ncp", "feedforward"])
def test_learns_what_the_pictures_show(kind: str) -> None:
    student = learner(kind, augmentation=AugmentationConfig.none())
    sampler = student.episodes(EPISODES)
    for step in range(150):
        student.step(sampler, 0, step, 150)
    unseen = episode(99)
    policy = student.policy.eval()
    with torch.no_grad():
        output = policy(unseen.images.float()[None], policy.initial_state(1))
    error = (output.curvature[0, 4:] - unseen.target[4:]).square().mean()
    assert error < 0.3 * unseen.target.square().mean()


def test_a_step_follows_from_weights_and_number_alone(tmp_path: Path) -> None:
    one, other = learner(), learner()
    sampler = one.episodes(EPISODES)
    arithmetic, identity = Arithmetic.here(False, "cpu"), {"seed": 3}
    for step in range(6):
        one.step(sampler, 0, step, 60)
    path = tmp_path / "checkpoint.safetensors"
    for step in range(3):
        other.step(sampler, 0, step, 60)
    save_checkpoint(path, other.policy, other.optimiser, Position(0, 3), arithmetic, identity)
    torch.manual_seed(99)
    resumed = learner()
    position, written = load_checkpoint(path, resumed.policy, resumed.optimiser, identity)
    assert (position, written) == (Position(0, 3), arithmetic)
    for step in range(3, 6):
        resumed.step(sampler, 0, step, 60)
    for name, value in one.policy.state_dict().items():
        assert torch.equal(value, resumed.policy.state_dict()[name]), name


def test_nothing_outside_the_learner_changes_a_step() -> None:
    one = learner()
    two = copy.deepcopy(one)
    two.optimiser = torch.optim.AdamW(
        [{**g, "params": p} for g, p in zip(one.optimiser.param_groups, _groups(two), strict=True)]
    )
    two._parameters = [p for group in _groups(two) for p in group]
    sampler = one.episodes(EPISODES)
    first = one.step(sampler, 1, 5, 60)
    torch.manual_seed(12345)
    assert two.step(sampler, 1, 5, 60) == first


def _groups(student: Learner) -> list[list[torch.nn.Parameter]]:
    named = list(student.policy.named_parameters())
    return [[p for n, p in named if n.startswith("head.")], [p for n, p in named if not n.startswith("head.")]]


@pytest.mark.parametrize("kind", ["ncp", "cfc", "feedforward"])
def test_all_of_the_head_decays_and_nothing_behind_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One step without any gradient: AdamW takes rate x decay off the head's numbers, biases included."""
    student = learner(kind, learning_rate=0.01, cell_learning_rate=0.5, weight_decay=0.2, warm_up=0.5)
    with torch.no_grad():
        for parameter in student.policy.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(7))
    before = {name: value.detach().clone() for name, value in student.policy.named_parameters()}

    def nothing_to_learn(curvature: torch.Tensor, auxiliary: torch.Tensor | None, *_: object) -> torch.Tensor:
        return 0.0 * (curvature.sum() + (0.0 if auxiliary is None else auxiliary.sum()))

    monkeypatch.setattr(learner_module, "imitation_loss", nothing_to_learn)
    # step 29 of 60 is where a warm-up of half the way ends: the rate is at its peak
    student.step(student.episodes(EPISODES), 0, 29, 60)
    decayed = set()
    for name, value in student.policy.named_parameters():
        if torch.equal(value, before[name]):
            continue
        decayed.add(name)
        torch.testing.assert_close(value.detach(), before[name] * (1 - 0.01 * 0.2), rtol=1e-6, atol=0)
    layers = [f"head.convolutions.{k}.{part}" for k in range(5) for part in ("weight", "bias")]
    assert decayed == {*layers, "head.readout_weight", "head.readout_bias"}


@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_a_large_decay_shrinks_the_head_and_leaves_what_cells_keep_in_raw_form_as_it_is(kind: str) -> None:
    """A liquid cell's conductances are softplus of its raw parameters: decay would pull those to 0.69, not to 0."""
    student = learner(kind, weight_decay=5.0)
    with torch.no_grad():
        for parameter in student.policy.parameters():
            parameter.normal_(generator=torch.Generator().manual_seed(7))
            parameter.grad = torch.zeros_like(parameter)
    before = {name: value.detach().clone() for name, value in student.policy.named_parameters()}
    for group in student.optimiser.param_groups:
        group["lr"] = 0.01
    for _ in range(40):
        student.optimiser.step()
    for name, value in student.policy.named_parameters():
        if name.startswith("head."):
            torch.testing.assert_close(value.detach(), before[name] * (1 - 0.01 * 5.0) ** 40, rtol=1e-4, atol=0)
            assert value.abs().max() < 0.2 * before[name].abs().max(), name
        else:
            assert torch.equal(value, before[name]), name
    assert any(not name.startswith("head.") for name in before)


def test_rates_have_peaks_of_their_own_and_rounds_a_lower_one() -> None:
    student = learner(learning_rate=0.01, cell_learning_rate=0.04, round_peak=0.25, warm_up=0.5)
    sampler = student.episodes(EPISODES)
    for round_, share in ((0, 1.0), (1, 0.25), (2, 0.25)):
        student.step(sampler, round_, 29, 60)  # the end of the warm-up
        head, rest = student.optimiser.param_groups
        assert (head["lr"], rest["lr"]) == pytest.approx((0.01 * share, 0.04 * share))


def test_gradients_are_clipped_together() -> None:
    student = learner(gradient_clip=1e-3)
    student.step(student.episodes(EPISODES), 0, 0, 60)
    gradients = [p.grad for p in student.policy.parameters() if p.grad is not None]
    assert float(torch.cat([g.flatten() for g in gradients]).norm()) == pytest.approx(1e-3, rel=1e-2)


def test_step_lengths_vary_by_the_seed() -> None:
    def trained(steps: int = 4, **settings: object) -> dict[str, torch.Tensor]:
        student = learner(**settings)
        sampler = student.episodes(EPISODES)
        for step in range(steps):
            student.step(sampler, 0, step, 60)
        assert isinstance(student.policy, NCPPolicy)
        assert student.policy.cell.unfolds == 6
        return student.policy.state_dict()

    def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
        return all(torch.equal(value, other[name]) for name, value in one.items())

    plain = trained()
    for settings in ({"vary_unfolds": (3, 6, 12)}, {"vary_period_parts": (1, 2)}):
        varied = trained(**settings)
        assert same(varied, trained(**settings))
        assert not same(varied, plain)
    assert same(plain, trained(vary_unfolds=(6,), vary_period_parts=(1,)))
