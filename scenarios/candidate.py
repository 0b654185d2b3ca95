"""Candidate: whoever takes a test, with what is needed to put it behind the wheel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.device import choose_device
from wormdrive.agents.driver import Driver
from wormdrive.agents.expert import Expert
from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.scenarios.results import Parameters

__all__ = ["EXPERT", "Candidate", "load_candidate", "policy_candidate"]

EXPERT = "expert"
"""The name under which the expert, which knows the route, can be evaluated like a model."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A named maker of drivers.

    ``camera`` is what its drivers see through, that of the policy's training, ``None`` for drivers without eyes;
    ``policy`` the network behind them, if there is one.
    """

    name: str
    make_driver: Callable[[Simulator], Driver]
    camera: CameraConfig | None
    policy: Policy | None = None

    @property
    def parameters(self) -> Parameters | None:
        """How large the network is, its conv head and what comes after apart."""
        return None if self.policy is None else _count(self.policy)

    @property
    def wiring(self) -> Wiring | None:
        """Who is connected to whom in the network, if it is a liquid one."""
        return None if self.policy is None else inspect_policy(self.policy).wiring

    @property
    def effect(self) -> NDArray[np.float64] | None:
        """What training made of each synapse of ``wiring`` (E,): see ``Inspection.effect``."""
        return None if self.policy is None else inspect_policy(self.policy).effect


def load_candidate(
    model: str | Path, name: str | None = None, device: str = "cpu", *, tell_elapsed: bool = True
) -> Candidate:
    """Find a candidate: ``expert``, the name of shipped weights, or a policy's folder.

    A policy computes on ``device``: ``cpu`` or ``cuda``; ``tell_elapsed`` is its ``PolicyDriver``'s.

    Raises
    ------
    ArgumentError
        Torch cannot use the device.
    ModelError
        If there is no such policy, or its files are not what they should be.
    """
    chosen = choose_device(device)
    if str(model) == EXPERT:
        return Candidate(name or EXPERT, lambda simulator: Expert(simulator, simulator.parameters), camera=None)
    return policy_candidate(load_policy(model).to(chosen), name or str(model), tell_elapsed=tell_elapsed)


def policy_candidate(policy: Policy, name: str, *, tell_elapsed: bool = True) -> Candidate:
    """Make a candidate of a policy in hand, which drives where it is: ``policy.to(device)`` moves it.

    ``tell_elapsed`` is its ``PolicyDriver``'s.
    """

    def make_driver(simulator: Simulator) -> Driver:
        return PolicyDriver(policy, simulator.dt_s, simulator.parameters, tell_elapsed=tell_elapsed)

    return Candidate(name, make_driver, policy.camera, policy)


def _count(policy: Policy) -> Parameters:
    """Count trainable numbers; the auxiliary read-out serves training alone and is left out."""
    parts = inspect_policy(policy)
    head, cell, maps = (parts.parameters[name] for name in ("head", "cell", "maps"))
    if parts.wiring is None:
        return Parameters(head=head, network=cell + maps)
    neurons, synapses = parts.wiring.state_size, len(parts.wiring.synapses)
    return Parameters(head=head, network=cell, maps=maps, neurons=neurons, synapses=synapses)
