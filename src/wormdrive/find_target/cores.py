"""Cores: what stands between a picture's features and the four actions, one for each kind of policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.nn.cfc import CfC
from wormdrive.nn.ltc import LTC, mapped

__all__ = ["ACTIONS", "CORES", "NEURONS", "Core", "flat_state", "rows_of", "together"]

ACTIONS: Final = 4
NEURONS: Final = 34
"""18 inter, 12 command and 4 motor neurons; networks with other memories have as many units."""
_GAIN, _BIAS = 0.25, 0.5  # features become what synapses are sensitive to


class Core(nn.Module):
    """Features (B, T, F) and a state, or None, to actions (B, T, 4) and the state after the last of them."""

    def forward(self, features: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Run over sequences."""
        raise NotImplementedError


class NCPCore(Core):
    """Thirty-four liquid time-constant neurons, sparsely wired: Chahine et al., Science Robotics 8 (2023)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        wiring = Wiring.ncp(
            features, 18, 12, ACTIONS, sensory_fan_out=6, inter_fan_out=6, recurrent_command=8, motor_fan_in=8
        )
        self.network = LTC(features, wiring)

    def sensory(self, features: Tensor) -> Tensor:
        """Return the activity of the sensory neurons (..., F) of features."""
        return mapped(features * _GAIN + _BIAS, self.network.input_w, self.network.input_b)

    def forward(self, features: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Run over sequences."""
        found: tuple[Tensor, Any] = self.network(features * _GAIN + _BIAS, state)
        return found


class CfCCore(Core):
    """Thirty-four closed-form continuous-time neurons, all connected, and a linear map."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.network = CfC(features, NEURONS, proj_size=ACTIONS, backbone_units=64)

    def forward(self, features: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Run over sequences."""
        found: tuple[Tensor, Any] = self.network(features, state)
        return found


class LSTMCore(Core):
    """Thirty-four LSTM units and a linear map."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.network = nn.LSTM(features, NEURONS, batch_first=True)
        self.output = nn.Linear(NEURONS, ACTIONS)

    def forward(self, features: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Run over sequences."""
        activity, after = self.network(features, state)
        return self.output(activity), after


class FeedForwardCore(Core):
    """Thirty-four rectifiers and a linear map, without memory: a CNN as a whole."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.network = nn.Sequential(nn.Linear(features, NEURONS), nn.ReLU(), nn.Linear(NEURONS, ACTIONS))

    def forward(self, features: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Run over sequences; there is no state."""
        return self.network(features), None


CORES: Final[dict[str, Callable[[int], Core]]] = {
    "ncp": NCPCore,
    "cfc": CfCCore,
    "lstm": LSTMCore,
    "cnn": FeedForwardCore,
}
"""By the name of the kind of policy."""


def rows_of(state: Any, rows: Tensor) -> Any:
    """Return the state of some sequences of a batch; a state is None, a tensor (B, N), or a tuple of (1, B, N)."""
    if state is None:
        return None
    if isinstance(state, tuple):
        return tuple(part[:, rows].contiguous() for part in state)
    return state[rows]


def together(states: Sequence[Any]) -> Any:
    """Return the state of the sequences of several batches, one behind the other."""
    if states[0] is None:
        return None
    if isinstance(states[0], tuple):
        return tuple(torch.cat(parts, 1) for parts in zip(*states, strict=True))
    return torch.cat(list(states))


def flat_state(state: Any) -> Tensor | None:
    """Return all numbers of a state as (B, S); None of a core without memory."""
    if isinstance(state, tuple):
        return torch.cat([part[0] for part in state], 1)
    found: Tensor | None = state
    return found
