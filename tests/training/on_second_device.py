"""What a program of its own does on the second device, for test_second_device: learn a step, drive, look."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor

from tests.support.second_device import DEVICE, move_module, set_up
from tests.training.synthetic import episode
from wormdrive.agents.policies import policy as policy_module
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation, VehicleState
from wormdrive.scenarios import record_videos
from wormdrive.training import learner
from wormdrive.training.config import TrainConfig

FRAMES = np.zeros((3, 78, 200, 3), np.uint8)


def learn(policy: Policy) -> Tensor:
    config = TrainConfig(model=policy.config.kind, window=10, batch=2, steps=60)
    student = learner.Learner(policy, config, CameraConfig(), bf16=False, device=DEVICE)
    loss = student.step(student.episodes([episode(1)]), 0, 3, 60)
    assert str(loss.device) == DEVICE
    for parameter in policy.parameters():
        for moment in student.optimiser.state[parameter].values():
            assert str(moment.device) == DEVICE
    return loss


def drive(policy: Policy) -> None:
    policy.to(DEVICE)
    driver = PolicyDriver(policy, 1 / 30)
    nothing = np.zeros(len(FRAMES))
    seen = Observation(
        VehicleState(*(nothing,) * 11), FRAMES, None, None, np.zeros(len(FRAMES), np.int8),
        np.ones(len(FRAMES), np.bool_), np.full(len(FRAMES), 1 / 30),
    )  # fmt: skip
    driver.reset(np.ones(len(FRAMES), np.bool_))
    assert driver.act(seen).shape == (3, 2)
    driver.reset(np.array([True, False, True]))
    driver.act(seen)
    assert str(driver.state.device) == DEVICE  # type: ignore[union-attr]


def main() -> None:
    """Do what the arguments name with policies of all kinds that they name: ``learn,drive ncp,cfc``."""
    mode = set_up()
    learner.sent = lambda tensor, device: mode.from_tensor(tensor).to(device)  # type: ignore[attr-defined]
    # around what happens on the device stands this context
    learner.repeatable = policy_module.repeatable = lambda device: mode  # type: ignore[assignment, attr-defined]
    deeds: dict[str, Callable[[Policy], object]] = {
        "learn": learn,
        "drive": drive,
        "look": _look,
        "wait": lambda policy: float(learn(policy)),
        "forget": _forget,
    }
    for kind in sys.argv[2].split(","):
        for deed in sys.argv[1].split(","):
            policy = build_policy({"kind": kind})
            policy.to = lambda _, policy=policy: (move_module(policy, mode), policy)[1]  # type: ignore[method-assign]
            with mode if deed in ("drive", "look") else nullcontext():
                deeds[deed](policy)
            print(kind, deed, flush=True)


def _look(policy: Policy) -> None:
    policy.to(DEVICE).eval()
    assert record_videos._saliency(policy, FRAMES).shape == FRAMES.shape[:3]
    assert record_videos._activity(policy, FRAMES, 1 / 30).shape[0] == len(FRAMES)


def _forget(policy: Policy) -> None:
    """Leave something on the CPU."""
    loss = learner.imitation_loss  # type: ignore[attr-defined]
    learner.imitation_loss = lambda *given: (torch.ones(10) * loss(*given)).mean()  # type: ignore[attr-defined]
    learn(policy)


if __name__ == "__main__":
    main()
