"""Mixed memory: an LSTM's cell that keeps what a liquid cell's fading gradients cannot reach.

Lechner and Hasani, *Learning long-term dependencies in irregularly-sampled time series*, arXiv 2006.04418. At every
sample the LSTM first writes the liquid cell's state, from the same features; then the liquid cell moves it on. The
LSTM's memory c goes from sample to sample by itself, and gradients with it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from wormdrive.agents.cells.lstm import LSTM
from wormdrive.agents.device import without_autocast

__all__ = ["MixedMemory"]

Trace = Callable[[Tensor, Tensor, "Tensor | float"], Tensor]
"""A liquid cell: inputs (B, T, F), state (B, N), elapsed -> states (B, T, N)."""


class MixedMemory(nn.Module):
    """The memory of a cell of N neurons on F features."""

    def __init__(self, inputs: int, neurons: int) -> None:
        super().__init__()
        self.lstm = LSTM(inputs, neurons)

    def trace(
        self, cell: Trace, features: Tensor, inputs: Tensor, state: Tensor, memory: Tensor, elapsed: Tensor | float
    ) -> tuple[Tensor, Tensor]:
        """Run sample by sample, for each hears what the other made of the one before.

        ``features`` (B, T, F) for the LSTM, ``inputs`` (B, T, F) for the cell, state and memory (B, N) -> the cell's
        state and the memory after every sample, (B, T, N) each.
        """
        states: list[Tensor] = []
        memories: list[Tensor] = []
        with without_autocast(features.device):
            drives = self.lstm.drive(features).unbind(1)
            both, unheeded = torch.cat([state, memory], 1).to(drives[0].dtype), drives[0].new_ones(())
            for t, drive in enumerate(drives):
                state, memory = self.lstm.step(drive, both, unheeded).chunk(2, 1)
                now = slice(t, t + 1)
                gap = elapsed[:, now] if isinstance(elapsed, Tensor) else elapsed
                state = cell(inputs[:, now], state, gap)[:, 0]
                states.append(state)
                memories.append(memory)
                both = torch.cat([state, memory], 1)
        return torch.stack(states, 1), torch.stack(memories, 1)
