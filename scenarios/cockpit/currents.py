"""Currents: what flows through each synapse of a liquid network, by the equations of its kind."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.viewer.scene import Neural

__all__ = ["Currents", "currents_of"]

Numbers = NDArray[np.float32]


class Currents(Protocol):
    """A network's synapses (E,) and what training made of them: positive ``effect`` (E,) excites."""

    wiring: Wiring
    effect: Numbers

    def read(self, features: torch.Tensor, state: torch.Tensor) -> Neural:
        """Activity (F + N,) and current (E,) from features (F,) and state (N,)."""


def currents_of(policy: Policy) -> Currents | None:
    """Return a policy's synapses; ``None`` if it has none."""
    if isinstance(policy, NCPPolicy):
        return _Conductances(policy)
    return _Weights(policy) if isinstance(policy, CfCPolicy) else None


class _Conductances:
    """Of an LTC, w sigmoid(s (u - m)) (E - v): see ``agents.cells.ltc_solver``."""

    def __init__(self, policy: NCPPolicy) -> None:
        self.wiring, trained = policy.config.wiring, policy.cell.physical()
        self._weight, self._reversal, self._slope, self._midpoint = (
            _numbers(value) for value in (trained.weight, trained.reversal, trained.slope, trained.midpoint)
        )
        self._gain, self._bias = _numbers(policy.input_gain), _numbers(policy.input_bias)
        self.effect = self._weight * self._reversal

    def read(self, features: torch.Tensor, state: torch.Tensor) -> Neural:
        """See ``Currents``."""
        sensory, potential = _numbers(features) * self._gain + self._bias, _numbers(state)
        gate = 1.0 / (1.0 + np.exp(-self._slope * (_heard(self.wiring, sensory, potential) - self._midpoint)))
        current = self._weight * gate * (self._reversal - potential[self.wiring.targets])
        return Neural(np.concatenate([sensory, potential]), current.astype(np.float32))


class _Weights:
    """Of a CfC, what a synapse adds to the mean of its target's two potentials: see ``agents.cells.cfc_solver``."""

    def __init__(self, policy: CfCPolicy) -> None:
        self.wiring = policy.config.wiring
        self.effect = _numbers(policy.cell.weight[:2].mean(0))

    def read(self, features: torch.Tensor, state: torch.Tensor) -> Neural:
        """See ``Currents``."""
        sensory, activity = _numbers(features), _numbers(state)
        return Neural(np.concatenate([sensory, activity]), self.effect * _heard(self.wiring, sensory, activity))


def _heard(wiring: Wiring, sensory: Numbers, state: Numbers) -> Numbers:
    """Return what each synapse carries (E,)."""
    first = wiring.sensory_synapse_count
    return np.concatenate([sensory[wiring.sources[:first]], state[wiring.sources[first:]]])


def _numbers(tensor: torch.Tensor) -> Numbers:
    return np.asarray(tensor.detach().cpu().float().numpy(), np.float32)
