"""RecurrentCell: what the recurrent baselines share, from the shapes to the loop over the samples."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.device import as_tensor_like, without_autocast
from wormdrive.envs.common.errors import ArgumentError, is_whole

__all__ = ["RecurrentCell"]


class RecurrentCell(nn.Module, ABC):
    """A layer of N units with explicit state, computed in float32 also under autocast.

    Parameters are ``gates`` blocks of N rows: ``input_weight`` (gates N, F), ``recurrent_weight`` (gates N, N), and one
    ``bias`` (gates N,), where ``torch.nn.LSTM`` and ``GRU`` have two. Weights begin uniform in +-1/sqrt(N), biases
    at 0. What comes from the inputs is computed for the whole sequence at once, before the loop.

    Parameters
    ----------
    inputs:
        F, features a sample.
    neurons:
        N.
    gates:
        Blocks of rows.
    """

    def __init__(self, inputs: int, neurons: int, gates: int) -> None:
        super().__init__()
        for name, value in (("inputs", inputs), ("neurons", neurons)):
            if not is_whole(value) or not 1 <= value <= 4096:
                raise ArgumentError(f"{name}={value!r}: allowed are 1 to 4096")
        self.inputs, self.neurons = inputs, neurons
        limit = neurons**-0.5
        self.input_weight = nn.Parameter(torch.empty(gates * neurons, inputs).uniform_(-limit, limit))
        self.recurrent_weight = nn.Parameter(torch.empty(gates * neurons, neurons).uniform_(-limit, limit))
        self.bias = nn.Parameter(torch.zeros(gates * neurons))

    @property
    def state_size(self) -> int:
        """S: numbers of state; its first N are the units' activity."""
        return self.neurons

    def initial_state(self, batch: int) -> Tensor:
        """(B, S) zeros."""
        return self.bias.new_zeros(batch, self.state_size)

    def forward(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> tuple[Tensor, Tensor]:
        """Run over a sequence.

        ``inputs`` (B, T, F), ``state`` (B, S) before the first sample, ``elapsed`` since the sample before, in samples,
        a scalar or (B, T), not negative -> the units' activity (B, T, N), and the state (B, S) after the last sample.

        Raises
        ------
        ArgumentError
            When shapes do not fit.
        """
        self._check(inputs, state)
        with without_autocast(inputs.device):
            time = self._elapsed(elapsed, inputs)
            driven = self.drive(inputs)
            state = state.to(self.bias.dtype)
            activity: list[Tensor] = []
            for drive, gap in zip(driven.unbind(1), time.unbind(1), strict=True):
                state = self.step(drive, state, gap.unsqueeze(-1))
                activity.append(state[:, : self.neurons])
            return torch.stack(activity, 1), state

    def drive(self, inputs: Tensor) -> Tensor:
        """Return what comes from the inputs, the same whatever the state: (..., F) -> (..., gates N)."""
        return F.linear(inputs.to(self.bias.dtype), self.input_weight, self.bias)

    @abstractmethod
    def step(self, drive: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Go one sample on: drive (B, gates N) from the inputs, state (B, S), elapsed (B, 1) -> state (B, S)."""

    def _elapsed(self, elapsed: Tensor | float, inputs: Tensor) -> Tensor:
        time = as_tensor_like(elapsed, self.bias)
        if time.ndim and time.shape != inputs.shape[:2]:
            raise ArgumentError(f"elapsed: shape {tuple(time.shape)}: allowed is a scalar or {tuple(inputs.shape[:2])}")
        return time.expand(inputs.shape[:2])

    def _check(self, inputs: Tensor, state: Tensor) -> None:
        if inputs.ndim != 3 or inputs.shape[2] != self.inputs or inputs.shape[1] < 1:
            raise ArgumentError(f"inputs: shape {tuple(inputs.shape)}: allowed is (B, T, {self.inputs}) with T >= 1")
        if state.shape != (inputs.shape[0], self.state_size):
            raise ArgumentError(f"state: shape {tuple(state.shape)}: allowed is ({inputs.shape[0]}, {self.state_size})")
