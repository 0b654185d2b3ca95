"""The liquid-resistance, liquid-capacitance equations on a wiring, in plain torch.

Farsang, Neubauer, Grosu, *Liquid Resistance Liquid Capacitance Networks*, arXiv 2403.08791 (2024). An LTC's synapses
change the resistance of a neuron's membrane. Here conductances saturate, as they do in nature, and the capacitance is
liquid, too: its inverse, the elastance, depends on what the neuron hears. For neuron i, with activity x_i, hearing
synapses j of value y_j (an input, or another one's activity):

    f_i = sum_j g_ij sigmoid(a_ij (y_j - m_ij)) + l_i            forget conductance, g and l >= 0
    z_i = sum_j k_ij sigmoid(a_ij (y_j - m_ij)) + l_i            update conductance
    w_i = sum_j o_ij y_j + p_i

    dx_i/dt = elastance(w_i) (-sigmoid(f_i) x_i + tanh(z_i) e_i)

    elastance(w) = sigmoid(w)                          "asymmetric"
                 = sigmoid(w + d) - sigmoid(w - d)     "symmetric", d >= 0

The equations are taken from texts about the paper and from its authors' code, which agree; there a (y - m) is a y + b.
A sample is solved in K unfolds of length h = elapsed / K, one in the paper:

    x <- x + h dx/dt                                                                      "explicit", as in the paper
    x <- (x + h elastance(w) tanh(z) e) / (1 + h elastance(w) sigmoid(f))                 "semi_implicit"

As f >= 0, sigmoid(f) >= 1/2: semi-implicit steps of any length, and explicit ones up to h = 1, keep |x| below the
larger of what it was and 2 |e|. Longer explicit ones do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.cells.liquid_cell import check_elapsed
from wormdrive.agents.cells.ltc import inverse_softplus
from wormdrive.agents.cells.ltc_solver import SynapseIndex
from wormdrive.agents.device import as_tensor_like, without_autocast
from wormdrive.agents.wirings.wiring import Wiring

__all__ = ["ELASTANCES", "SOLVERS", "Elastance", "LRCCell", "Solver"]

Elastance = Literal["asymmetric", "symmetric"]
Solver = Literal["explicit", "semi_implicit"]


def _asymmetric(heard: Tensor, shift: Tensor) -> Tensor:
    return torch.sigmoid(heard)


def _symmetric(heard: Tensor, shift: Tensor) -> Tensor:
    return torch.sigmoid(heard + shift) - torch.sigmoid(heard - shift)


def _explicit(state: Tensor, step: Tensor, forget: Tensor, update: Tensor) -> Tensor:
    return state + step * (update - forget * state)


def _semi_implicit(state: Tensor, step: Tensor, forget: Tensor, update: Tensor) -> Tensor:
    return (state + step * update) / (1.0 + step * forget)


ELASTANCES: Mapping[Elastance, Callable[[Tensor, Tensor], Tensor]] = MappingProxyType(
    {"asymmetric": _asymmetric, "symmetric": _symmetric}
)
SOLVERS: Mapping[Solver, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = MappingProxyType(
    {"explicit": _explicit, "semi_implicit": _semi_implicit}
)


class LRCCell(nn.Module):
    """The cell: five numbers a synapse, three a neuron, and one more with a symmetric elastance.

    Parameters begin where the paper's authors begin: slopes 3 to 8, midpoints 0.3 to 0.8, g and l 0.001 to 1, e within
    0.2 of zero, d at 1.

    Synapses in the wiring's order (E,): ``raw_forget`` (g is its softplus), ``update`` k, ``slope`` a, ``midpoint`` m,
    ``elastance`` o. Neurons in state order (N,): ``raw_leak`` (l), ``rest`` e, ``elastance_bias`` p, ``raw_shift`` (d).
    """

    def __init__(self, wiring: Wiring, unfolds: int, elastance: Elastance, solver: Solver) -> None:
        super().__init__()
        self.wiring, self.unfolds = wiring, unfolds
        self.elastance_kind, self.solver = elastance, solver
        self._index = SynapseIndex(wiring)
        E, N = len(wiring.synapses), wiring.state_size
        polarity = torch.tensor(wiring.polarities.tolist(), dtype=torch.get_default_dtype())
        limit = np.sqrt(3.0 / np.maximum(np.bincount(wiring.targets, minlength=N), 1))[wiring.targets]
        own = torch.tensor(limit.tolist())
        self.raw_forget = nn.Parameter(inverse_softplus(torch.empty(E).uniform_(0.001, 1.0)))
        self.update = nn.Parameter(polarity * torch.empty(E).uniform_(0.0, 1.0) * own)
        self.slope = nn.Parameter(torch.empty(E).uniform_(3.0, 8.0))
        self.midpoint = nn.Parameter(torch.empty(E).uniform_(0.3, 0.8))
        self.elastance = nn.Parameter(torch.empty(E).uniform_(-1.0, 1.0) * own)
        self.raw_leak = nn.Parameter(inverse_softplus(torch.empty(N).uniform_(0.001, 1.0)))
        self.rest = nn.Parameter(torch.empty(N).uniform_(-0.2, 0.2))
        self.elastance_bias = nn.Parameter(torch.zeros(N))
        symmetric = elastance == "symmetric"
        self.raw_shift = nn.Parameter(inverse_softplus(torch.ones(N))) if symmetric else None

    def trace(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> Tensor:
        """Activity after every sample: (B, T, F), (B, N), elapsed in samples -> (B, T, N), in the parameters' type."""
        check_elapsed(elapsed, *inputs.shape[:2])
        like = self.rest
        time = as_tensor_like(elapsed, like).expand(inputs.shape[:2])
        with without_autocast(inputs.device):
            return self._solve(inputs.to(like.dtype), state.to(like.dtype), time)

    def _solve(self, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        index, N, first = self._index, self._index.state_size, self._index.sensory_count
        sources, targets = index.source, index.target
        synapses = torch.arange(len(targets), device=targets.device)
        # Sums over each neuron's synapses are products with an (E, N) matrix each, side by side: forget, then update.
        collect = self.rest.new_zeros(len(targets), 2 * N)
        collect = collect.index_put((synapses, targets), F.softplus(self.raw_forget))
        collect = collect.index_put((synapses, targets + N), self.update)
        elastance = self.rest.new_zeros(len(targets), N).index_put((synapses, targets), self.elastance)
        leak = F.softplus(self.raw_leak)
        shift = self.rest if self.raw_shift is None else F.softplus(self.raw_shift)
        yielding, advance = ELASTANCES[self.elastance_kind], SOLVERS[self.solver]

        def conductances(values: Tensor, group: slice) -> Tensor:
            return torch.sigmoid(self.slope[group] * (values - self.midpoint[group])) @ collect[group]

        sensory, inner = slice(0, first), slice(first, None)
        heard = inputs[..., sources[sensory]]
        # What comes from the inputs does not change within a sample.
        fixed = conductances(heard, sensory) + torch.cat([leak, leak])
        fixed_elastance = heard @ elastance[sensory] + self.elastance_bias
        step = (elapsed / self.unfolds).unsqueeze(-1)
        found: list[Tensor] = []
        for h, drive, bend in zip(step.unbind(1), fixed.unbind(1), fixed_elastance.unbind(1), strict=True):
            for _ in range(self.unfolds):
                values = state[:, sources[inner]]
                forget, update = (drive + conductances(values, inner)).chunk(2, 1)
                moves = h * yielding(bend + values @ elastance[inner], shift)
                state = advance(state, moves, torch.sigmoid(forget), torch.tanh(update) * self.rest)
            found.append(state)
        return torch.stack(found, 1)
