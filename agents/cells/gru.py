"""GRU and GRUODE: gated recurrent units, a step a sample or flowing in time."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from wormdrive.agents.cells.recurrent_cell import RecurrentCell
from wormdrive.envs.common.errors import ArgumentError, is_whole

__all__ = ["GRU", "GRUODE"]


class GRU(RecurrentCell):
    """Cho et al., *Learning phrase representations using RNN encoder-decoder*, EMNLP 2014.

        r, z = sigmoid(W x + U h + b)           g = tanh(W_g x + U_g (r h) + b_g)
        h <- z h + (1 - z) g

    Rows lie in the order r, z, g. One sample is one step: elapsed time plays no part.
    """

    def __init__(self, inputs: int, neurons: int) -> None:
        super().__init__(inputs, neurons, gates=3)

    def step(self, drive: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Go one sample on."""
        keep, candidate = self._gates(drive, state)
        return candidate + keep * (state - candidate)

    def _gates(self, drive: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Compute z and g."""
        N = self.neurons
        gates = (drive[:, : 2 * N] + F.linear(state, self.recurrent_weight[: 2 * N])).sigmoid()
        reset, keep = gates.chunk(2, 1)
        return keep, (drive[:, 2 * N :] + F.linear(reset * state, self.recurrent_weight[2 * N :])).tanh()


class GRUODE(GRU):
    """De Brouwer et al., *GRU-ODE-Bayes*, NeurIPS 2019: the unit whose steps are taken to be a flow.

        dh/dt = (1 - z) (g - h)

    Inputs are held from one sample to the next. Each sample is solved in K unfolds of length elapsed / K, which take
    z and g as they are at its beginning and solve what is left exactly, so |h| never exceeds the larger of 1 and
    what it began with, whatever the input and however long the step; the error falls with 1 / K.

    Parameters
    ----------
    inputs, neurons:
        F and N.
    unfolds:
        K.
    """

    def __init__(self, inputs: int, neurons: int, unfolds: int = 6) -> None:
        super().__init__(inputs, neurons)
        if not is_whole(unfolds) or not 1 <= unfolds <= 1000:
            raise ArgumentError(f"unfolds={unfolds!r}: allowed are 1 to 1000")
        self.unfolds = unfolds

    def step(self, drive: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Go one sample on."""
        step = elapsed / self.unfolds
        for _ in range(self.unfolds):
            keep, candidate = self._gates(drive, state)
            state = candidate + torch.exp((keep - 1.0) * step) * (state - candidate)
        return state
