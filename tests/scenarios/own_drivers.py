"""Factories of drivers, as users write them: named by import path in the tests of those who take one."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.expert import Expert
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.simulator import Simulator


class Straight:
    """Never steers; it sees nothing."""

    camera = None

    def reset(self, mask: NDArray[np.bool_]) -> None: ...

    def act(self, observation: Observation) -> NDArray[np.float64]:
        assert observation.camera is None
        return np.tile([0.0, np.nan], (len(observation.end_reason), 1))


class Looking(Straight):
    """Sees through a camera of its own."""

    camera = CameraConfig(width=64, height=32)  # type: ignore[assignment]

    def act(self, observation: Observation) -> NDArray[np.float64]:
        assert observation.camera is not None
        assert observation.camera.shape[1:] == (32, 64, 3)
        return np.tile([0.0, np.nan], (len(observation.end_reason), 1))


class Wrong(Straight):
    """Returns commands of one number."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        return np.zeros((len(observation.end_reason), 1))


class Failing(Straight):
    """Fails on the road."""

    def act(self, observation: Observation) -> NDArray[np.float64]:
        raise ZeroDivisionError("on the road")


class Net(nn.Module):
    """A small convolutional network, untrained."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 4, 5, stride=4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(1))
        self.mount = {"colours": "grey", "size": (64, 24), "output": {"scale": 0.01}}

    def forward(self, picture: Tensor) -> Tensor:
        said: Tensor = self.layers(picture)
        return said


class Remembering(nn.Module):
    """A small network that remembers, untrained."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Sequential(nn.Conv2d(1, 4, 5, stride=4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(6))
        self.remember = nn.LSTMCell(6, 6)
        self.mount = {"crop": {"top": 20}, "colours": "grey", "size": (64, 24), "output": {"scale": 0.01}}

    def forward(
        self, picture: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        state = self.remember(self.look(picture), state)
        return state[0].sum(1), state


def straight(simulator: Simulator) -> Straight:
    return Straight()


def looking(simulator: Simulator) -> Looking:
    return Looking()


def expert(simulator: Simulator) -> Expert:
    return Expert(simulator, simulator.parameters)


def policy(simulator: Simulator) -> Policy:
    return build_policy({"kind": "feedforward"})


def net(simulator: Simulator) -> nn.Module:
    return Net()


def wrong(simulator: Simulator) -> Wrong:
    return Wrong()


def failing(simulator: Simulator) -> Failing:
    return Failing()


def number(simulator: Simulator) -> Any:
    return 7


def broken(simulator: Simulator) -> Any:
    return torch.zeros(3) @ torch.zeros(4)


not_callable = 5


def remembering(simulator: Simulator) -> Remembering:
    return Remembering()
