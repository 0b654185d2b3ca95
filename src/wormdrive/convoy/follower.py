"""Follower: a network that drives a car behind another one from pictures: curvature and acceleration.

It shares eyes (preprocessing, convolutional head) and cells (LTC, LSTM) with the lane keepers of ``agents``. State is
explicit: it goes in, it comes out, nothing is kept inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.cells.lstm import LSTM
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.convoy.config import FollowerConfig
from wormdrive.convoy.eyes import Eyes, small_linear
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.head import ROWS

__all__ = ["OUTPUTS", "SCALE", "Controller", "Follower", "LiquidController", "describe", "make_controller"]

OUTPUTS: Final = ("curvature", "acceleration")
SCALE: Final = (0.1, 5.0)
"""What an output of 1 stands for: curvature [1/m], positive left, and acceleration [m/s²]."""


class Controller(nn.Module, ABC):
    """What sits between features and both outputs."""

    state_size: int

    @abstractmethod
    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, F), state (B, S) -> outputs (B, T, 2), state (B, S)."""


class LiquidController(Controller):
    """A neural circuit policy of LTC neurons, two of them motor neurons.

    Sensory neurons hear a linear map of the features, which begins as 0.25 times each plus 0.5: eyes that others have
    taught to see do not know the wiring, by which each feature would reach six inter neurons alone.
    """

    def __init__(self, features: int, wiring_seed: int) -> None:
        super().__init__()
        self.sensory = nn.Linear(features, features)
        with torch.no_grad():
            self.sensory.weight.copy_(0.25 * torch.eye(features))
            self.sensory.bias.fill_(0.5)
        self.cell = LTC(Wiring.ncp(features, motor=len(OUTPUTS), seed=wiring_seed))
        self.output_gain = nn.Parameter(torch.ones(len(OUTPUTS)))
        self.output_bias = nn.Parameter(torch.zeros(len(OUTPUTS)))
        self.state_size = self.cell.wiring.state_size

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Run over sequences; see ``Controller``."""
        activity = self.cell.trace(self.sensory(features), state)
        return activity[..., : len(OUTPUTS)] * self.output_gain + self.output_bias, activity[:, -1]


class _Recurrent(Controller):
    """An LSTM and a linear map."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.cell = LSTM(features, units)
        self.output = small_linear(units, len(OUTPUTS))
        self.state_size = self.cell.state_size

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        activity, state = self.cell(features, state)
        return self.output(activity), state


class _Memoryless(Controller):
    """A hidden layer of rectifiers and a linear map, of the features of the latest frames.

    The state holds those of the frames before, and a number that says whether there are any: before the first, all are
    as the first.
    """

    def __init__(self, features: int, units: int, frames: int) -> None:
        super().__init__()
        self._past = frames - 1
        self.hidden = nn.Linear(features * frames, units)
        self.output = small_linear(units, len(OUTPUTS))
        self.state_size = self._past * features + 1 if self._past else 0

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        seen, state = self._latest(features, state) if self._past else (features, state)
        return self.output(self.hidden(seen).relu()), state

    def _latest(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, F) -> those of the latest frames side by side, and what is to be held."""
        known, held = state[:, :1], state[:, 1:].reshape(len(state), self._past, features.shape[2])
        first = features[:, :1].expand(-1, self._past, -1)
        row = torch.cat([torch.where(known[:, :, None] > 0.0, held, first), features], 1)
        steps = features.shape[1]
        latest = torch.cat([row[:, k : k + steps] for k in range(self._past + 1)], 2)
        return latest, torch.cat([torch.ones_like(known), row[:, -self._past :].flatten(1)], 1)


class Follower(nn.Module):
    """Eyes, and a controller that decides by what they see.

    Examples
    --------
    >>> from wormdrive.convoy.config import MODELS
    >>> follower = Follower(MODELS["ncp"])
    >>> outputs, state = follower(torch.rand(2, 5, 32), follower.initial_state(2))
    >>> outputs.shape, state.shape
    (torch.Size([2, 5, 2]), torch.Size([2, 20]))
    """

    def __init__(self, config: FollowerConfig, eyes: Eyes | None = None) -> None:
        super().__init__()
        self.config = config
        self.eyes = eyes or Eyes(config.eyes)
        self.controller = make_controller(config, self.eyes.feature_count)

    @property
    def state_size(self) -> int:
        """S: numbers of state a car; 0 for one frame without memory."""
        return self.controller.state_size

    def initial_state(self, batch: int) -> Tensor:
        """(B, S) zeros: the state of B cars that have seen nothing yet."""
        return torch.zeros(batch, self.state_size)

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Run over a sequence of what the eyes see: features (B, T, F), state (B, S) -> outputs (B, T, 2), state.

        Outputs are curvature and acceleration in units of ``SCALE``.

        Raises
        ------
        ArgumentError
            When a shape does not fit.
        """
        wanted = self.eyes.feature_count
        if features.ndim != 3 or features.shape[2] != wanted or features.shape[1] < 1:
            raise ArgumentError(f"features: shape {tuple(features.shape)}: allowed is (B, T, {wanted})")
        if state.shape != (len(features), self.state_size):
            raise ArgumentError(f"state: shape {tuple(state.shape)}: allowed is ({len(features)}, {self.state_size})")
        outputs, state = self.controller(features, state)
        return outputs, state

    def act(self, frames: NDArray[np.uint8], state: Tensor) -> tuple[NDArray[np.float64], Tensor]:
        """One step of B cars: frames (B, H, W, 3), state (B, S) -> what to drive (B, 2), state (B, S).

        What to drive is curvature [1/m] and acceleration [m/s²]. Without gradients. A car has the same bits alone and
        in any company.
        """
        count = len(frames)
        spare = -count % ROWS
        features = self.eyes.look(frames)
        with torch.inference_mode():
            outputs, state = self(F.pad(features, (0, 0, 0, spare)).unsqueeze(1), F.pad(state, (0, 0, 0, spare)))
        return outputs[:count, 0].double().numpy() * np.array(SCALE), state[:count]


def make_controller(config: FollowerConfig, features: int) -> Controller:
    """Make what decides by so many features."""
    makers: dict[str, Callable[[], Controller]] = {
        "ncp": lambda: LiquidController(features, config.wiring_seed),
        "lstm": lambda: _Recurrent(features, config.units),
        "none": lambda: _Memoryless(features, config.units, config.frames),
    }
    return makers[config.memory]()


def describe(follower: Follower) -> dict[str, Any]:
    """Return the numbers of parameters: of all that drives, and of what is behind the eyes."""
    behind = sum(p.numel() for p in follower.controller.parameters())
    return {"parameters": behind + sum(p.numel() for p in follower.eyes.head.parameters()), "behind_the_eyes": behind}
