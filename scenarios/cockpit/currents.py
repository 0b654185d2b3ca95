"""Currents: what flows through each synapse of a liquid network, by the equations of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.synapses import CellSynapses, LTCSynapses, heard, numbers_of
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.viewer.scene import Neural

__all__ = ["Conductances", "Currents", "currents_of"]

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
        synapses = LTCSynapses(policy, np.float32)
        return Conductances(synapses, lambda features: synapses.sensory(_numbers(features)))
    return _Weights(policy) if isinstance(policy, CfCPolicy) else None


class Conductances:
    """Of an LTC, w sigmoid(s (u - m)) (E - v); ``sensory`` makes of features (F,) the sensory neurons' activity."""

    def __init__(self, synapses: CellSynapses[np.float32], sensory: Callable[[torch.Tensor], Numbers]) -> None:
        self._synapses, self._sensory = synapses, sensory
        self.wiring, self.effect = synapses.wiring, synapses.weight * synapses.reversal

    def read(self, features: torch.Tensor, state: torch.Tensor) -> Neural:
        """See ``Currents``."""
        sensory, potential = self._sensory(features), _numbers(state)
        driven = self._synapses.reversal - potential[self.wiring.targets]
        current = self._synapses.conductance(sensory, potential) * driven
        return Neural(np.concatenate([sensory, potential]), current.astype(np.float32))


class _Weights:
    """Of a CfC, what a synapse adds to the mean of its target's two potentials: see ``agents.cells.cfc_solver``."""

    def __init__(self, policy: CfCPolicy) -> None:
        self.wiring = policy.config.wiring
        self.effect = _numbers(policy.cell.weight[:2].mean(0))

    def read(self, features: torch.Tensor, state: torch.Tensor) -> Neural:
        """See ``Currents``."""
        sensory, activity = _numbers(features), _numbers(state)
        return Neural(np.concatenate([sensory, activity]), self.effect * heard(self.wiring, sensory, activity))


def _numbers(tensor: torch.Tensor) -> Numbers:
    return numbers_of(tensor, np.float32)
