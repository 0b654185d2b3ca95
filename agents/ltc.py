"""LTC: a liquid time-constant network on a wiring, sparse by construction."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.kernels.ltc_fused import FusedSolver, fusable
from wormdrive.agents.ltc_solver import LTCParameters, SynapseIndex, solve
from wormdrive.agents.wiring import Wiring
from wormdrive.envs.errors import ArgumentError, one_of

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
"""Uniform ranges of the first values; reversal potentials begin at the synapses' polarity."""

# Keeps the denominator of the solver above zero whatever an optimiser does to the parameters.
_LEAST_CAPACITANCE = 1e-6


class LTC(nn.Module):
    """A liquid time-constant network: four numbers a synapse, three a neuron, nothing else.

    The equations and their source stand in ``ltc_solver``. Weight, capacitance and leak must not be negative; they are
    kept as ``softplus`` of what is trained, so no optimiser step can break the bound on the state.

    State (B, N) is in the wiring's state order (motor neurons first) and starts at ``initial_state``, zero. ``elapsed``
    is the time since the sample before, in samples: 1.0 means 'as regular as in training' (the convention of the paper
    and of ncps). With a sample period of P seconds, elapsed = seconds / P, and a time constant in samples times P is
    in seconds.

    Parameters
    ----------
    wiring:
        Neurons and synapses.
    unfolds:
        Solver steps K a sample.
    initial_ranges:
        Where parameters begin: as in the paper's code, or as in the ncps library.

    Examples
    --------
    >>> cell = LTC(Wiring.ncp())
    >>> sum(p.numel() for p in cell.parameters())
    1065
    >>> outputs, state = cell(torch.zeros(2, 5, 32), cell.initial_state(2))
    >>> outputs.shape, state.shape
    (torch.Size([2, 5, 1]), torch.Size([2, 19]))
    """

    def __init__(self, wiring: Wiring, unfolds: int = 6, initial_ranges: InitialRanges = "ncps") -> None:
        super().__init__()
        if not 1 <= unfolds <= 1000:
            raise ArgumentError(f"unfolds={unfolds!r}: allowed are 1 to 1000")
        if initial_ranges not in INITIAL_RANGES:
            raise ArgumentError(one_of("initial_ranges", initial_ranges, INITIAL_RANGES))
        self.wiring = wiring
        self.unfolds = unfolds
        self.fused = True
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
        self.raw_capacitance = nn.Parameter(inverse_softplus(draw("capacitance", neurons)))
        self.raw_leak = nn.Parameter(inverse_softplus(draw("leak", neurons)))
        self.rest = nn.Parameter(draw("rest", neurons))

    def physical(self) -> LTCParameters:
        """Give the numbers as they stand in the equations, positive where they must be."""
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
        """Take over parameters as they stand in the equations; zero weights become 1e-12."""
        p = parameters
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

    def initial_state(self, batch: int) -> Tensor:
        """(B, N) zeros, as in the paper."""
        return self.rest.new_zeros(batch, self._index.state_size)

    def trace(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> Tensor:
        """Every neuron's potential after every sample: (B, T, F), (B, N), elapsed -> (B, T, N).

        Computed in the parameters' type, also under autocast.

        Raises
        ------
        ArgumentError
            When shapes do not fit.
        """
        B, T, inputs = self._check(inputs, state)
        elapsed = torch.as_tensor(elapsed, dtype=self.rest.dtype, device=inputs.device)
        if elapsed.ndim and elapsed.shape != (B, T):
            raise ArgumentError(f"elapsed: shape {tuple(elapsed.shape)}: allowed is a scalar or ({B}, {T})")
        with torch.autocast(inputs.device.type, enabled=False):
            state = state.to(self.rest.dtype)
            elapsed = elapsed.expand(B, T)
            if self.fused and fusable(inputs, elapsed):
                return self._solve_fused(self.physical(), inputs, state, elapsed, self.unfolds)
            return solve(self._index, self.physical(), inputs, state, elapsed, self.unfolds)

    def forward(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> tuple[Tensor, Tensor]:
        """Run over a sequence.

        ``inputs`` (B, T, F), ``state`` (B, N) before the first sample, ``elapsed`` a scalar or (B, T), not negative
        -> motor potentials (B, T, M) after every sample, and the state (B, N) after the last.
        """
        states = self.trace(inputs, state, elapsed)
        return states[..., : self._index.output_size], states[:, -1]

    def _check(self, inputs: Tensor, state: Tensor) -> tuple[int, int, Tensor]:
        F_, N = self._index.input_size, self._index.state_size
        if inputs.ndim != 3 or inputs.shape[2] != F_ or inputs.shape[1] < 1:
            raise ArgumentError(f"inputs: shape {tuple(inputs.shape)}: allowed is (B, T, {F_}) with T >= 1")
        if state.shape != (inputs.shape[0], N):
            raise ArgumentError(f"state: shape {tuple(state.shape)}: allowed is ({inputs.shape[0]}, {N})")
        return inputs.shape[0], inputs.shape[1], inputs.to(self.rest.dtype)


def inverse_softplus(value: Tensor) -> Tensor:
    """Find the number whose softplus is ``value``; values under 1e-12 count as 1e-12."""
    value = value.clamp_min(1e-12)
    return value + torch.log(-torch.expm1(-value))


def seconds_to_elapsed(seconds: float, sample_period_s: float) -> float:
    """Elapsed time in samples for a gap of ``seconds`` when samples normally come every ``sample_period_s``."""
    if not (sample_period_s > 0.0 and math.isfinite(seconds) and seconds >= 0.0):
        raise ArgumentError(f"seconds={seconds!r}, sample_period_s={sample_period_s!r}: must be >= 0 and > 0")
    return seconds / sample_period_s
