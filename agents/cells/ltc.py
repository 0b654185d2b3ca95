"""LTC: a liquid time-constant network on a wiring, sparse by construction."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.cells.ltc_solver import LTCParameters, SynapseIndex, solve
from wormdrive.agents.kernels.ltc_fused import FusedSolver
from wormdrive.agents.kernels.runners import LTCRunner
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError, is_whole, one_of

__all__ = ["INITIAL_RANGES", "LTC", "InitialRanges"]

InitialRanges = Literal["paper", "ncps"]

INITIAL_RANGES: dict[InitialRanges, dict[str, tuple[float, float]]] = {
    "paper": {
        "slope": (3.0, 8.0), "midpoint": (0.3, 0.8), "weight": (0.1, 1.0),
        "capacitance": (0.5, 0.5), "leak": (1.0, 1.0), "rest": (-0.2, 0.2),
    },
    "ncps": {
        "slope": (3.0, 8.0), "midpoint": (0.3, 0.8), "weight": (0.001, 1.0),
        "capacitance": (0.4, 0.6), "leak": (0.001, 1.0), "rest": (-0.2, 0.2),
    },
}  # fmt: skip
"""Uniform ranges of the first values; reversal potentials begin at the synapses' polarity. The capacitance of ``paper``
is that of an unfold, C / (1 / unfolds), as the paper's code has it (its variable ``cm_t``); that of ``ncps`` is C."""

# Keeps the denominator of the solver above zero whatever an optimiser does to the parameters.
_LEAST_CAPACITANCE = 1e-6


class LTC(LiquidCell):
    """A liquid time-constant network: four numbers a synapse, three a neuron, nothing else.

    The equations and their source stand in ``ltc_solver``. Weight, capacitance and leak must not be negative; they are
    kept as ``softplus`` of what is trained, so no optimiser step can break the bound on the state.

    Order of the state and the unit of elapsed time are those of ``LiquidCell``.

    Parameters
    ----------
    wiring:
        Neurons and synapses.
    unfolds:
        Solver steps K a sample.
    initial_ranges:
        Where parameters begin: as in the paper's code, or as in the ncps library. The capacitance of the paper's code
        is what stands in a solver step, C over the unfold's length; here C is that divided by ``unfolds``.

    Examples
    --------
    >>> cell = LTC(Wiring.ncp())
    >>> sum(p.numel() for p in cell.parameters())
    1065
    >>> outputs, state = cell(torch.zeros(2, 5, 32), cell.initial_state(2))
    >>> outputs.shape, state.shape
    (torch.Size([2, 5, 1]), torch.Size([2, 19]))
    """

    _names = ("raw_weight", "reversal", "slope", "midpoint", "raw_capacitance", "raw_leak", "rest")

    def __init__(self, wiring: Wiring, unfolds: int = 6, initial_ranges: InitialRanges = "ncps") -> None:
        super().__init__(wiring)
        if not is_whole(unfolds) or not 1 <= unfolds <= 1000:
            raise ArgumentError(f"unfolds={unfolds!r}: allowed are 1 to 1000")
        if initial_ranges not in INITIAL_RANGES:
            raise ArgumentError(one_of("initial_ranges", initial_ranges, INITIAL_RANGES))
        self.unfolds = unfolds
        self._index = SynapseIndex(wiring)
        self._solve_fused = FusedSolver(self._index)
        ranges = INITIAL_RANGES[initial_ranges]

        def draw(name: str, size: int) -> Tensor:
            low, high = ranges[name]
            return torch.empty(size).uniform_(low, high)

        synapses, neurons = len(wiring.synapses), wiring.state_size
        self.raw_weight = nn.Parameter(inverse_softplus(draw("weight", synapses)))
        self.reversal = nn.Parameter(torch.tensor(wiring.polarities.tolist(), dtype=torch.get_default_dtype()))
        self.slope = nn.Parameter(draw("slope", synapses))
        self.midpoint = nn.Parameter(draw("midpoint", synapses))
        capacitance = draw("capacitance", neurons)
        if initial_ranges == "paper":
            capacitance = capacitance / unfolds
        self.raw_capacitance = nn.Parameter(inverse_softplus(capacitance))
        self.raw_leak = nn.Parameter(inverse_softplus(draw("leak", neurons)))
        self.rest = nn.Parameter(draw("rest", neurons))

    def physical(self) -> LTCParameters:
        """Return the numbers as they stand in the equations, positive where they must be."""
        return LTCParameters(
            weight=F.softplus(self.raw_weight),
            reversal=self.reversal,
            slope=self.slope,
            midpoint=self.midpoint,
            capacitance=F.softplus(self.raw_capacitance) + _LEAST_CAPACITANCE,
            leak=F.softplus(self.raw_leak),
            rest=self.rest,
        )

    @torch.no_grad()
    def set_physical(self, parameters: LTCParameters) -> None:
        """Take over parameters as they stand in the equations; zero weights become 1e-12.

        Raises
        ------
        ArgumentError
            A shape does not fit, or a weight, a capacitance or a leak is negative or no number.
        """
        p = parameters
        for name in ("weight", "capacitance", "leak"):
            value = getattr(p, name)
            bad = int((~(value >= 0.0)).sum())
            if bad:
                raise ArgumentError(
                    f"{name}: {bad} of {value.numel()} values are negative or NaN, the least {value.min().item():.3g}: "
                    "allowed are numbers >= 0"
                )
        for target, value in (
            (self.raw_weight, inverse_softplus(p.weight)),
            (self.reversal, p.reversal),
            (self.slope, p.slope),
            (self.midpoint, p.midpoint),
            (self.raw_capacitance, inverse_softplus(p.capacitance - _LEAST_CAPACITANCE)),
            (self.raw_leak, inverse_softplus(p.leak)),
            (self.rest, p.rest),
        ):
            if target.shape != value.shape:
                raise ArgumentError(f"parameters: shape {tuple(value.shape)}: allowed is {tuple(target.shape)}")
            target.copy_(value)

    @property
    def _like(self) -> Tensor:
        return self.rest

    def _solve(self, inputs: Tensor, state: Tensor, elapsed: Tensor) -> Tensor:
        parameters = self.physical()
        if self.fused and self._solve_fused.takes(inputs, elapsed, state, *parameters):
            return self._solve_fused(parameters, inputs, state, elapsed, self.unfolds)
        return solve(self._index, parameters, inputs, state, elapsed, self.unfolds)

    @property
    def _setting(self) -> int:
        return self.unfolds

    def _runner(self) -> LTCRunner:
        return self._solve_fused.runner(self.physical(), self.unfolds)


def inverse_softplus(value: Tensor) -> Tensor:
    """Find the number whose softplus is ``value``; values under 1e-12 count as 1e-12."""
    value = value.clamp_min(1e-12)
    return value + torch.log(-torch.expm1(-value))


def seconds_to_elapsed(seconds: float, sample_period_s: float) -> float:
    """Elapsed time in samples for a gap of ``seconds`` when samples normally come every ``sample_period_s``."""
    if not (sample_period_s > 0.0 and math.isfinite(seconds) and seconds >= 0.0):
        raise ArgumentError(f"seconds={seconds!r}, sample_period_s={sample_period_s!r}: must be >= 0 and > 0")
    return seconds / sample_period_s
