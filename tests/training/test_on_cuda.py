"""Learning and driving on a CUDA device, beside the CPU; needs a GPU."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.training.synthetic import episode
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.evaluate import embedded, evaluate
from wormdrive.scenarios.suite import load_suite
from wormdrive.training import learner
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.imitation import POLICY, train
from wormdrive.training.learner import Learner
from wormdrive.training.loss import imitation_loss
from wormdrive.training.recorder import record

KINDS = ("ncp", "cfc", "lstm", "feedforward")
CLOSE = {"rtol": 0.0, "atol": 1e-4}
EPISODES = [episode(seed) for seed in range(3)]
TINY = TrainConfig(batch=2, window=4, steps=12, rounds=1, round_episodes=2, round_length=20, round_steps=6)

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
    pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION"),
]


def both(kind: str) -> tuple[Policy, Policy]:
    """The same policy twice, on the CPU."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        policy = build_policy({"kind": kind})
    return policy, copy.deepcopy(policy)


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    """Within 1e-4, of the largest number where that is more than 1."""
    torch.testing.assert_close(found.cpu(), expected, rtol=0.0, atol=1e-4 * max(1.0, float(expected.abs().max())))


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_agrees_with_the_cpus(kind: str) -> None:
    config = TrainConfig(model=kind, window=16, batch=8, steps=60, gradient_clip=1e6)
    here, there = (
        Learner(policy, config, CameraConfig(), bf16=False, device=device)
        for policy, device in zip(both(kind), ("cpu", "cuda"), strict=True)
    )
    losses = [student.step(student.episodes(EPISODES), 0, 30, 60) for student in (here, there)]
    assert losses[1].is_cuda
    close(losses[1], losses[0])
    for (name, one), other in zip(here.policy.named_parameters(), there.policy.parameters(), strict=True):
        assert other.is_cuda, name
        if one.grad is None:
            assert other.grad is None
            continue
        assert other.grad is not None, name
        close(other.grad, one.grad)
        # Adam's first step is rate x sign(gradient): what a gradient of nearly nothing becomes is chance
        clear = one.grad.abs() > 1e-3 * one.grad.abs().max()
        torch.testing.assert_close(other.detach().cpu()[clear], one.detach()[clear], **CLOSE)


@pytest.mark.parametrize("kind", KINDS)
def test_acts_as_on_the_cpu(kind: str) -> None:
    here, there = both(kind)
    here.eval(), there.eval().cuda()
    states = [here.initial_state(5), there.initial_state(5)]
    for seed in range(4):
        frames = np.random.default_rng(seed).integers(0, 256, (5, 78, 200, 3), np.uint8)
        expected, states[0] = here.act(frames, states[0], 0.5)
        found, states[1] = there.act(frames, states[1], 0.5)
        assert states[1].is_cuda
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
        torch.testing.assert_close(states[1].cpu(), states[0], **CLOSE)


class Stopped(Exception):  # noqa: N818  (no error: it is what the test does)
    pass


def stopping(after: int) -> Callable[..., torch.Tensor]:
    """Make a loss that stops its run after so many steps."""
    made = 0

    def loss(*given: Any) -> torch.Tensor:
        nonlocal made
        made += 1
        if made > after:
            raise Stopped
        return imitation_loss(*given)

    return loss


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("episodes")
    record(RecordConfig(episodes=3, length=30), out)
    return out


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ncp", "cfc"])
def test_a_run_stopped_and_resumed_has_the_same_bits_and_drives_anywhere(
    kind: str, episodes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = TINY.model_copy(update={"model": kind})
    train(config, episodes, tmp_path / "whole", threads=1, device="cuda")

    for stop in (5, 14):  # in the first round, and after driving
        out = tmp_path / f"stopped-{stop}"
        with monkeypatch.context() as patch:
            patch.setattr(learner, "imitation_loss", stopping(stop))
            with pytest.raises(Stopped):
                train(config, episodes, out, threads=1, device="cuda", checkpoint_s=0.0)
        with pytest.raises(ArgumentError, match=r"device='cuda'.*device='cpu'.*only the same arithmetic"):
            train(config, episodes, out, threads=1, resume=True)
        train(config, episodes, out, threads=1, device="cuda", resume=True)
        expected, found = (load_policy(folder / POLICY).state_dict() for folder in (tmp_path / "whole", out))
        assert all(torch.equal(found[name], expected[name]) for name in expected)
    policy = load_policy(tmp_path / "whole" / POLICY)
    assert policy.device.type == "cpu"
    suite = load_suite("four-seasons").narrowed(episodes=1)
    for device in ("cpu", "cuda"):
        evaluation, _ = evaluate(load_candidate(tmp_path / "whole" / POLICY, device=device), suite, embedded())
        assert len(evaluation.rows) == len(suite.all_conditions)
