"""Time constants of liquid neurons while they hear something: the claim that gave them their name.

For an LTC the time constant of neuron j is C_j / (g_j + sum_i w_ij sigmoid(s_ij (u_i - m_ij))): the more it hears, the
faster it is (Hasani et al., *Liquid time-constant networks*, AAAI 2021, equation 3). For a CfC it is 1 / |a_j|, the
time in which the logit of its time gate moves by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.policies.cfc_policy import CfCPolicy
from wormdrive.agents.policies.ncp_policy import NCPPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.synapses import LTCSynapses, heard, numbers_of
from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["TimeConstants", "time_constants"]


@dataclass(frozen=True, eq=False)
class TimeConstants:
    """Of each neuron after each frame of a drive.

    ``seconds`` (T, N) float64, infinite where a neuron forgets nothing; ``heard`` (T, N) float64: the conductance that
    its synapses open (LTC), or the rate of its gate (CfC), in units of 1 / sample period.
    """

    names: tuple[str, ...]
    seconds: NDArray[np.float64]
    heard: NDArray[np.float64]

    @property
    def liquidity(self) -> NDArray[np.float64]:
        """How many times as long the longest time constant of each neuron was as its shortest, (N,)."""
        return np.asarray(self.seconds.max(0) / self.seconds.min(0), np.float64)


def time_constants(policy: Policy, drive: TracedDrive) -> TimeConstants | None:
    """Return the time constants of a liquid policy's neurons along a drive; ``None`` for policies of other kinds."""
    if isinstance(policy, NCPPolicy):
        received, constants = _conductances(policy, drive)
    elif isinstance(policy, CfCPolicy):
        received = _rates(policy, drive)
        with np.errstate(divide="ignore"):
            constants = 1.0 / np.abs(received)
    else:
        return None
    return TimeConstants(policy.neuron_names, constants * policy.config.sample_period_s, received)


def _sums(policy: NCPPolicy | CfCPolicy, synapses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add up what stands at each neuron's synapses: (T, E) -> (T, N)."""
    sums = np.zeros((policy.config.wiring.state_size, len(synapses)))
    np.add.at(sums, policy.config.wiring.targets, synapses.T)
    return sums.T


def _conductances(policy: NCPPolicy, drive: TracedDrive) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    synapses = LTCSynapses(policy, np.float64)
    sensory = synapses.sensory(drive.features.astype(np.float64))
    open_ = _sums(policy, synapses.conductance(sensory, drive.state.astype(np.float64)))
    return open_, synapses.capacitance / (synapses.leak + open_)


def _rates(policy: CfCPolicy, drive: TracedDrive) -> NDArray[np.float64]:
    cell = policy.cell
    weight, memory, bias = (numbers_of(part[2], np.float64) for part in (cell.weight, cell.memory, cell.bias))
    features, state = drive.features.astype(np.float64), drive.state.astype(np.float64)
    return _sums(policy, weight * heard(policy.config.wiring, features, state)) + memory * state + bias
