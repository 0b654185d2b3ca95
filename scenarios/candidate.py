"""Candidate: whoever takes a test, with what is needed to put it behind the wheel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.device import choose_device
from wormdrive.agents.driver import Driver
from wormdrive.agents.expert import Expert
from wormdrive.agents.inspection import inspect_policy
from wormdrive.agents.mounted.mount import Mount, parse_mount
from wormdrive.agents.mounted.mounted_policy import MountedPolicy
from wormdrive.agents.mounted.network import FrameNetwork
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.import_path import is_import_path
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.scenarios.own_driver import OwnDriver, onnx_driver, own_driver
from wormdrive.scenarios.results import Parameters

__all__ = ["EXPERT", "Candidate", "audited_policy", "load_candidate", "policy_candidate", "policy_of"]

EXPERT = "expert"
"""The name under which the expert, which knows the route, can be evaluated like a model."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A named maker of drivers.

    ``camera`` is what its drivers see through, that of the policy's training, ``None`` for drivers without eyes;
    ``policy`` the network behind them, if it is one of ours or of our kind; ``network`` one of others, on pictures, and
    ``mount`` is how it sits in the car.
    """

    name: str
    make_driver: Callable[[Simulator], Driver]
    camera: CameraConfig | None
    policy: Policy | None = None
    network: FrameNetwork | None = None
    mount: Mount | None = None

    @property
    def numbers(self) -> int | None:
        """How many numbers a network of others has."""
        return None if self.network is None else self.network.numbers

    @property
    def parameters(self) -> Parameters | None:
        """How large the network is, its conv head and what comes after apart; of others' networks, all in all."""
        if self.policy is not None:
            return _count(self.policy)
        return None if self.numbers is None else Parameters(head=0, network=self.numbers)

    @property
    def wiring(self) -> Wiring | None:
        """Who is connected to whom in the network, if it is a liquid one."""
        return None if self.policy is None else inspect_policy(self.policy).wiring

    @property
    def effect(self) -> NDArray[np.float64] | None:
        """What training made of each synapse of ``wiring`` (E,): see ``Inspection.effect``."""
        return None if self.policy is None else inspect_policy(self.policy).effect


def load_candidate(
    model: str | Path,
    name: str | None = None,
    device: str = "cpu",
    *,
    tell_elapsed: bool = True,
    mount: Mount | dict[str, Any] | str | Path | None = None,
) -> Candidate:
    """Find a candidate by the one text that all commands name theirs with.

    Parameters
    ----------
    model:
        ``expert``; the name of shipped weights; a policy's folder; ``module:factory``, code of your own, which is
        imported and run (see ``own_driver``); or an ``.onnx`` file, with ``mount``.
    name:
        What it is called in results; ``model`` unless said.
    device:
        Where a policy or a torch module computes: ``cpu`` or ``cuda``. ONNX files compute on the CPU.
    tell_elapsed:
        A policy's: see ``PolicyDriver``.
    mount:
        How an ONNX file or a torch module sits in the car, or the path of a ``mount.yaml``; others have no use for it.

    Raises
    ------
    ArgumentError
        Torch cannot use the device; there is no such module, factory or mount; an ONNX file comes without a mount.
    ModelError
        If there is no such policy, its files are not what they should be, or a network does not fit its mount.
    UserCodeError
        A factory raised an exception, or made what cannot drive.
    """
    chosen, text = choose_device(device), str(model)
    parsed = None if mount is None else parse_mount(mount)
    called = name or text
    if text == EXPERT:
        return Candidate(called, lambda simulator: Expert(simulator, simulator.parameters), camera=None)
    if Path(text).suffix.lower() == ".onnx":
        found: Policy | OwnDriver = onnx_driver(model, parsed)
    elif is_import_path(text) and not Path(text).exists():
        found = own_driver(text, chosen, parsed)
    else:
        found = load_policy(model).to(chosen)
    if isinstance(found, Policy):
        return policy_candidate(found, called, tell_elapsed=tell_elapsed)
    return Candidate(called, found.make, found.camera, network=found.network, mount=found.mount)


def policy_of(candidate: Candidate, what: str) -> Policy:
    """Return the policy behind a candidate, for what looks inside of one.

    Raises
    ------
    ArgumentError
        It has none; names ``what`` wants one.
    """
    if candidate.policy is None:
        raise ArgumentError(
            f"MODEL={candidate.name!r}: has no wormdrive.Policy behind it: allowed for {what} are shipped weights, a "
            "policy's folder, or module:factory that returns a Policy"
        )
    return candidate.policy


def audited_policy(candidate: Candidate, what: str) -> Policy:
    """Return the policy behind a candidate, or a network of others as one, for what looks into whoever sees pictures.

    Raises
    ------
    ArgumentError
        There is none: names ``what`` wants one.
    ModelError
        A network remembers what cannot be looked at.
    """
    if candidate.network is not None and candidate.mount is not None:
        return MountedPolicy(candidate.network, candidate.mount)
    if candidate.policy is None:
        raise ArgumentError(
            f"MODEL={candidate.name!r}: a driver, which cannot be shown a picture by itself: allowed for {what} are "
            "shipped weights, a policy's folder, an .onnx file with --mount, or module:factory that returns a Policy "
            "or a torch module"
        )
    return candidate.policy


def policy_candidate(policy: Policy, name: str, *, tell_elapsed: bool = True) -> Candidate:
    """Make a candidate of a policy in hand, which drives where it is: ``policy.to(device)`` moves it.

    ``tell_elapsed`` is its ``PolicyDriver``'s; a network of others drives by its own driver.
    """

    def make_driver(simulator: Simulator) -> Driver:
        if isinstance(policy, MountedPolicy):
            return policy.driver(simulator)
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
