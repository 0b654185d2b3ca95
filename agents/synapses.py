"""Synapses of liquid policies in NumPy: what each hears, and how far it is open; for audits and pictures."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.cells.ltc import LTC
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.wirings.wiring import Wiring

__all__ = ["CellSynapses", "LTCSynapses", "heard", "numbers_of"]

Number = TypeVar("Number", np.float32, np.float64)


def heard(wiring: Wiring, sensory: NDArray[Number], state: NDArray[Number]) -> NDArray[Number]:
    """Return what each synapse carries, (..., E), of sensory neurons (..., F) and those with a state (..., N)."""
    first = wiring.sensory_synapse_count
    parts = sensory[..., wiring.sources[:first]], state[..., wiring.sources[first:]]
    return np.concatenate(parts, axis=-1)


def numbers_of(tensor: torch.Tensor, dtype: type[Number]) -> NDArray[Number]:
    """Return a tensor's numbers as an array."""
    return np.asarray(tensor.detach().cpu().numpy(), dtype)


class CellSynapses(Generic[Number]):
    """Of an LTC, with its numbers as they are now, of type ``dtype``; see ``agents.cells.ltc_solver``.

    Attributes
    ----------
    weight, reversal:
        (E,) of each synapse.
    capacitance, leak:
        (N,) of each neuron with a state.
    """

    def __init__(self, cell: LTC, dtype: type[Number]) -> None:
        trained = cell.physical()
        self.wiring = cell.wiring
        self.weight: NDArray[Number] = numbers_of(trained.weight, dtype)
        self.reversal: NDArray[Number] = numbers_of(trained.reversal, dtype)
        self.capacitance: NDArray[Number] = numbers_of(trained.capacitance, dtype)
        self.leak: NDArray[Number] = numbers_of(trained.leak, dtype)
        self._slope: NDArray[Number] = numbers_of(trained.slope, dtype)
        self._midpoint: NDArray[Number] = numbers_of(trained.midpoint, dtype)

    def conductance(self, sensory: NDArray[Number], state: NDArray[Number]) -> NDArray[Number]:
        """Return how far each synapse is open, (..., E): w sigmoid(s (u - m))."""
        gate = 1.0 / (1.0 + np.exp(-self._slope * (heard(self.wiring, sensory, state) - self._midpoint)))
        return np.asarray(self.weight * gate)


class LTCSynapses(CellSynapses[Number]):
    """Of an LTC policy, with the map of features onto its sensory neurons."""

    def __init__(self, policy: NCPPolicy, dtype: type[Number]) -> None:
        super().__init__(policy.cell, dtype)  # type: ignore[arg-type]  # mypy does not tell the parent which Number
        self._gain: NDArray[Number] = numbers_of(policy.input_gain, dtype)
        self._bias: NDArray[Number] = numbers_of(policy.input_bias, dtype)

    def sensory(self, features: NDArray[Number]) -> NDArray[Number]:
        """Return the activity of sensory neurons (..., F) of features."""
        return np.asarray(features * self._gain + self._bias)
