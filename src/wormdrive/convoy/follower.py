"""Follower: a network that drives a car behind another one from pictures: curvature and acceleration.

It shares eyes (preprocessing, convolutional head) and cells (LTC, LSTM) with the lane keepers of ``agents``. State is
explicit: it goes in, it comes out, nothing is kept inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Final, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.agents.cells.lstm import LSTM
from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.convoy.config import FollowerConfig
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.head import ROWS, ConvHead
from wormdrive.perception.preprocess import Preprocessor

__all__ = ["OUTPUTS", "SCALE", "Follower", "FollowerOutput", "describe"]

OUTPUTS: Final = ("curvature", "acceleration")
SCALE: Final = (0.1, 5.0)
"""What an output of 1 stands for: curvature [1/m], positive left, and acceleration [m/s²]."""
READ_OUTS: Final = 3
"""While training: both outputs and the gap, read from the features of single frames."""


class FollowerOutput(NamedTuple):
    """``wanted`` (B, T, 2): curvature and acceleration in units of ``SCALE``; ``auxiliary`` (B, T, 3); state (B, S)."""

    wanted: Tensor
    auxiliary: Tensor
    state: Tensor


class _Controller(nn.Module, ABC):
    """What sits between 32 features and both outputs."""

    state_size: int

    @abstractmethod
    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, F), state (B, S) -> outputs (B, T, 2), state (B, S)."""


class _Liquid(_Controller):
    """A neural circuit policy of LTC neurons, two of them motor neurons; features are mapped onto sensory neurons."""

    def __init__(self, features: int, wiring_seed: int) -> None:
        super().__init__()
        self.input_gain = nn.Parameter(torch.full((features,), 0.25))
        self.input_bias = nn.Parameter(torch.full((features,), 0.5))
        self.cell = LTC(Wiring.ncp(features, motor=len(OUTPUTS), seed=wiring_seed))
        self.output_gain = nn.Parameter(torch.ones(len(OUTPUTS)))
        self.output_bias = nn.Parameter(torch.zeros(len(OUTPUTS)))
        self.state_size = self.cell.wiring.state_size

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        activity = self.cell.trace(torch.addcmul(self.input_bias, features, self.input_gain), state)
        return activity[..., : len(OUTPUTS)] * self.output_gain + self.output_bias, activity[:, -1]


class _Recurrent(_Controller):
    """An LSTM and a linear map."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.cell = LSTM(features, units)
        self.output = _small_linear(units, len(OUTPUTS))
        self.state_size = self.cell.state_size

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        activity, state = self.cell(features, state)
        return self.output(activity), state


class _Memoryless(_Controller):
    """A hidden layer of rectifiers and a linear map."""

    def __init__(self, features: int, units: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, units)
        self.output = _small_linear(units, len(OUTPUTS))
        self.state_size = 0

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        return self.output(self.hidden(features).relu()), state


class Follower(nn.Module):
    """Eyes, controller, and a read-out for training.

    Where several frames are seen at once, the state also holds the frames before, and a number that says whether there
    are any: before the first, all are as the first.

    Examples
    --------
    >>> from wormdrive.convoy.config import MODELS
    >>> follower = Follower(MODELS["ncp"])
    >>> output = follower(torch.rand(2, 5, 1, 39, 100), follower.initial_state(2))
    >>> output.wanted.shape, output.state.shape
    (torch.Size([2, 5, 2]), torch.Size([2, 20]))
    """

    def __init__(self, config: FollowerConfig) -> None:
        super().__init__()
        self.config = config
        size = config.preprocess
        self._image = (size.channels, size.image_height, size.image_width)
        self.preprocessor = Preprocessor(size)
        self.head = ConvHead(config.head, size.channels * config.frames, size.image_height, size.image_width)
        self.controller = _controller(config, self.head.feature_count)
        self.auxiliary = _small_linear(self.head.feature_count, READ_OUTS)

    @property
    def state_size(self) -> int:
        """S: numbers of state a car; 0 for one frame without memory."""
        past = self.config.frames - 1
        return self.controller.state_size + (1 + past * int(np.prod(self._image)) if past else 0)

    def initial_state(self, batch: int) -> Tensor:
        """(B, S) zeros: the state of B cars that have seen nothing yet."""
        return torch.zeros(batch, self.state_size)

    def forward(self, images: Tensor, state: Tensor) -> FollowerOutput:
        """Run over a sequence: reduced images (B, T, C, h, w) in [0, 1], state (B, S).

        Raises
        ------
        ArgumentError
            When a shape does not fit.
        """
        if images.ndim != 5 or images.shape[2:] != self._image or images.shape[1] < 1:
            raise ArgumentError(
                f"images: shape {tuple(images.shape)}: allowed is (B, T, {', '.join(map(str, self._image))})"
            )
        if state.shape != (len(images), self.state_size):
            raise ArgumentError(f"state: shape {tuple(state.shape)}: allowed is ({len(images)}, {self.state_size})")
        seen = self.preprocessor(images.flatten(0, 1)).unflatten(0, images.shape[:2])
        memory, past = state.split([self.controller.state_size, self.state_size - self.controller.state_size], 1)
        stacked, past = self._stacked(seen, past)
        features = self.head(stacked.flatten(0, 1)).unflatten(0, images.shape[:2])
        wanted, memory = self.controller(features, memory)
        return FollowerOutput(wanted, self.auxiliary(features), torch.cat([memory, past], 1))

    def act(self, frames: NDArray[np.uint8], state: Tensor) -> tuple[NDArray[np.float64], Tensor]:
        """One step of B cars: frames (B, H, W, 3), state (B, S) -> what to drive (B, 2), state (B, S).

        What to drive is curvature [1/m] and acceleration [m/s²]. Without gradients. A car has the same bits alone and
        in any company.
        """
        count = len(frames)
        with torch.inference_mode():
            images = self.preprocessor.reduce(torch.from_numpy(np.ascontiguousarray(frames)))
            spare = -count % ROWS
            output = self(F.pad(images, (0, 0) * 3 + (0, spare)).unsqueeze(1), F.pad(state, (0, 0, 0, spare)))
        return output.wanted[:count, 0].double().numpy() * np.array(SCALE), output.state[:count]

    def _stacked(self, seen: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Normalised images (B, T, C, h, w) -> the latest frames of each as channels, and what is to be remembered."""
        count = self.config.frames - 1
        if not count:
            return seen, past
        known, held = past[:, :1], past[:, 1:].unflatten(1, (count, *self._image))
        first = seen[:, :1].expand(-1, count, -1, -1, -1)
        before = torch.where(known[:, :, None, None, None] > 0.0, held, first)
        row = torch.cat([before, seen], 1)
        steps = seen.shape[1]
        stacked = torch.cat([row[:, k : k + steps] for k in range(count + 1)], 2)
        return stacked, torch.cat([torch.ones_like(known), row[:, -count:].flatten(1)], 1)


def _controller(config: FollowerConfig, features: int) -> _Controller:
    makers = {
        "ncp": lambda: _Liquid(features, config.wiring_seed),
        "lstm": lambda: _Recurrent(features, config.units),
        "none": lambda: _Memoryless(features, config.units),
    }
    return makers[config.memory]()


def _small_linear(inputs: int, outputs: int) -> nn.Linear:
    """Make a linear map that begins near zero, as a car that drives straight on."""
    linear = nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.mul_(0.1)
        linear.bias.zero_()
    return linear


def describe(follower: Follower) -> dict[str, Any]:
    """Return the numbers of parameters: of all, and of what is behind the head."""
    behind = sum(p.numel() for p in follower.controller.parameters())
    driving = behind + sum(p.numel() for p in follower.head.parameters())
    return {"parameters": driving, "behind_the_head": behind}
