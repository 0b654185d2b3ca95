"""CfC: a closed-form continuous-time network on a wiring, its time gates included."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from wormdrive.agents.cells.cfc_solver import CfCGraph, CfCParameters, solve_cfc
from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.kernels.cfc_fused import FusedCfC
from wormdrive.agents.kernels.runners import CfCRunner, WideCfCRunner
from wormdrive.agents.wirings.wiring import Wiring

__all__ = ["CfC"]


class CfC(LiquidCell):
    """A closed-form continuous-time network: four numbers a synapse, eight a neuron, nothing else.

    The equations, their source and the order in which neurons move stand in ``cfc_solver``. No solver runs, so a step
    costs a fraction of an LTC's. A neuron hears its synapses and its own past, in both potentials and in its time gate;
    the CfC of ncps on a wiring connects all neurons of a layer with each other, and every neuron's time gate with the
    whole layer before. Weights begin with the sign of their synapse, and training may change it.

    Order of the state and the unit of elapsed time are those of ``LiquidCell``.

    Examples
    --------
    >>> cell = CfC(Wiring.ncp())
    >>> sum(p.numel() for p in cell.parameters()) == 4 * 252 + 8 * 19
    True
    >>> outputs, state = cell(torch.zeros(2, 5, 32), cell.initial_state(2))
    >>> outputs.shape, state.shape
    (torch.Size([2, 5, 1]), torch.Size([2, 19]))
    """

    _names = ("weight", "memory", "bias")

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self._wiring_graph = CfCGraph(wiring)
        self._solve_fused = FusedCfC(self._wiring_graph)
        N = wiring.state_size
        polarity = torch.tensor(wiring.polarities.tolist(), dtype=torch.get_default_dtype())
        # What a neuron hears, its own past included, begins with a variance of one, whatever its number of synapses.
        limit = np.sqrt(3.0 / (1.0 + np.bincount(wiring.targets, minlength=N)))
        weight = torch.empty(4, len(polarity)).uniform_(-1.0, 1.0) * torch.tensor(limit[wiring.targets].tolist())
        weight[:2] = weight[:2].abs() * polarity
        self.weight = nn.Parameter(weight)
        self.memory = nn.Parameter(torch.empty(4, N).uniform_(-1.0, 1.0) * torch.tensor(limit.tolist()))
        self.bias = nn.Parameter(torch.zeros(4, N))

    def parameters_in_equation(self) -> CfCParameters:
        """Return the numbers as they stand in the equations."""
        return CfCParameters(self.weight, self.memory, self.bias)

    @property
    def _like(self) -> Tensor:
        return self.bias

    def _solve(self, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        parameters = self.parameters_in_equation()
        if self.fused and self._solve_fused.takes(inputs, elapsed, state, *parameters):
            return self._solve_fused(parameters, inputs, state, elapsed)
        return solve_cfc(self._wiring_graph, parameters, inputs, state, elapsed)

    def _runner(self) -> CfCRunner | WideCfCRunner:
        return self._solve_fused.runner(self.parameters_in_equation())
