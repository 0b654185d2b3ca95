"""LSTM: long short-term memory, the baseline that does best on recorded drives."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from wormdrive.agents.cells.recurrent_cell import RecurrentCell

__all__ = ["LSTM"]


class LSTM(RecurrentCell):
    """Hochreiter and Schmidhuber (1997), with the forget gate of Gers et al. (2000), whose bias begins at 1.

        i, f, o = sigmoid(W x + U h + b)        g = tanh(W_g x + U_g h + b_g)
        c <- f c + i g                          h <- o tanh(c)

    Rows lie in the order i, f, g, o, as in torch. The state (B, 2N) is h, then c. One sample is one step, however much
    time has passed: elapsed time plays no part.

    Examples
    --------
    >>> cell = LSTM(32, 64)
    >>> activity, state = cell(torch.zeros(2, 5, 32), cell.initial_state(2))
    >>> activity.shape, state.shape
    (torch.Size([2, 5, 64]), torch.Size([2, 128]))
    """

    def __init__(self, inputs: int, neurons: int) -> None:
        super().__init__(inputs, neurons, gates=4)
        with torch.no_grad():
            self.bias[neurons : 2 * neurons].fill_(1.0)

    @property
    def state_size(self) -> int:
        """2N: h and c."""
        return 2 * self.neurons

    def step(self, drive: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        """Go one sample on."""
        hidden, memory = state.chunk(2, 1)
        gates = drive + F.linear(hidden, self.recurrent_weight)
        admit, forget, candidate, emit = gates.chunk(4, 1)
        memory = forget.sigmoid() * memory + admit.sigmoid() * candidate.tanh()
        return torch.cat([emit.sigmoid() * memory.tanh(), memory], 1)
