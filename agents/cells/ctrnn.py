"""CTRNN: the continuous-time recurrent network, dense where a liquid one is sparse."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.cells.ltc import inverse_softplus
from wormdrive.agents.cells.recurrent_cell import RecurrentCell
from wormdrive.envs.common.errors import ArgumentError, is_whole

__all__ = ["CTRNN"]

_LEAST_TIME_CONSTANT = 1e-3


class CTRNN(RecurrentCell):
    """Funahashi and Nakamura, *Approximation of dynamical systems by continuous time recurrent neural networks* (1993).

        tau dx/dt = -x + tanh(W I + U x + b)

    Inputs are held from one sample to the next. Each sample is solved in K unfolds of length h = elapsed / K, which
    take the tanh as it is at its beginning and solve the leak exactly,

        x <- a + (x - a) exp(-h / tau),  a = tanh(W I + U x + b),

    so |x| never exceeds the larger of 1 and what it began with, whatever the input and however long the step; the error
    falls with 1 / K. The time constant is in samples; it is fixed, as in the paper, unless ``learn_time_constants``
    trains one for each unit.

    Parameters
    ----------
    inputs, neurons:
        F and N.
    unfolds:
        K.
    time_constant:
        tau [samples], or where it begins.
    learn_time_constants:
        Train tau; N more parameters.
    """

    def __init__(
        self,
        inputs: int,
        neurons: int,
        unfolds: int = 6,
        *,
        time_constant: float = 1.0,
        learn_time_constants: bool = False,
    ) -> None:
        super().__init__(inputs, neurons, gates=1)
        if not is_whole(unfolds) or not 1 <= unfolds <= 1000:
            raise ArgumentError(f"unfolds={unfolds!r}: allowed are 1 to 1000")
        if not _LEAST_TIME_CONSTANT < time_constant <= 1e4:
            raise ArgumentError(f"time_constant={time_constant!r}: allowed are over {_LEAST_TIME_CONSTANT} to 10000")
        self.unfolds = unfolds
        self._time_constant = time_constant
        raw = inverse_softplus(torch.full((neurons,), time_constant - _LEAST_TIME_CONSTANT))
        self.raw_time_constant = nn.Parameter(raw) if learn_time_constants else None

    @property
    def time_constants(self) -> Tensor:
        """(N,) tau [samples]."""
        if self.raw_time_constant is None:
            return self.bias.new_full((self.neurons,), self._time_constant)
        return F.softplus(self.raw_time_constant) + _LEAST_TIME_CONSTANT

    def step(self, drive: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Go one sample on."""
        kept = torch.exp(elapsed / (-self.unfolds * self.time_constants))
        for _ in range(self.unfolds):
            goal = (drive + F.linear(state, self.recurrent_weight)).tanh()
            state = goal + kept * (state - goal)
        return state
