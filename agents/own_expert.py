"""Experts of a user's own: who says what should have been steered, in episodes and in DAgger's rounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import UserCodeError
from wormdrive.envs.common.import_path import import_attribute, running_own_code
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import curvature_for_steer

__all__ = ["ExpertChoice", "Labelling", "expert_name", "make_expert"]


class Labelling(Protocol):
    """Says which curvature should be driven.

    ``camera`` is what it wants to see through: only then the observation is sure to hold pictures, and those are of it.
    """

    @property
    def camera(self) -> CameraConfig | None:
        """The camera; ``None`` if it needs no pictures."""

    def curvature(self, observation: Observation) -> NDArray[np.float64]:
        """Return the curvature (N,) [1/m] to drive now, positive to the left."""


ExpertChoice: TypeAlias = "str | Callable[[Simulator], Any] | None"
"""``module:factory``, or such a factory itself, which is called with the simulator and returns what has
``curvature(observation)`` or is a ``Driver``; ``None``: the expert that comes with the package. It is shown the
pictures of its ``camera``: unless it says, a ``Driver`` those of the usual one, others none."""


def make_expert(choice: ExpertChoice, simulator: Simulator) -> Labelling:
    """Make the expert for a simulator that has just been reset.

    Raises
    ------
    ArgumentError
        There is no such module or factory, or its camera is none.
    UserCodeError
        The factory raised an exception, or made what says nothing.
    """
    if choice is None:
        return Expert(simulator, simulator.parameters)
    factory = import_attribute(choice, "expert") if isinstance(choice, str) else choice
    name = expert_name(choice) or ""
    with running_own_code(name, "calling it"):
        made = factory(simulator)
    says = getattr(made, "curvature", None)
    if callable(says):
        return _Checked(name, says, _camera(made, None, name))
    if not all(callable(getattr(made, method, None)) for method in ("reset", "act")):
        raise UserCodeError(
            f"{name}: returned a {type(made).__name__}: allowed is an expert, with curvature(observation), or a Driver"
        )
    with running_own_code(name, "reset"):
        made.reset(np.ones(len(simulator.routes), np.bool_))

    def by_steer(observation: Observation) -> NDArray[np.float64]:
        steer = np.asarray(made.act(observation), np.float64)[:, 0]
        return curvature_for_steer(steer, observation.state.speed_mps, simulator.parameters)

    return _Checked(name, by_steer, _camera(made, CameraConfig(), name))


def expert_name(choice: ExpertChoice) -> str | None:
    """Return what an expert is called; ``None`` for the one that comes with the package."""
    if choice is None or isinstance(choice, str):
        return choice
    return f"{choice.__module__}:{getattr(choice, '__qualname__', type(choice).__qualname__)}"


def _camera(made: object, unless_said: CameraConfig | None, name: str) -> CameraConfig | None:
    camera = getattr(made, "camera", unless_said)
    return None if camera is None else parse_camera(camera, f"{name}: camera")


class _Checked:
    """A user's expert, whose errors are told as theirs, and whose answers are looked at."""

    def __init__(self, name: str, says: Callable[[Observation], Any], camera: CameraConfig | None) -> None:
        self._name, self._says, self.camera = name, says, camera

    def curvature(self, observation: Observation) -> NDArray[np.float64]:
        with running_own_code(self._name, "asking it for a curvature"):
            said = np.asarray(self._says(observation), np.float64)
        running = observation.end_reason == 0
        if said.shape != running.shape or not np.isfinite(said[running]).all():
            shown = f"shape {said.shape}" if said.shape != running.shape else "what is not finite"
            raise UserCodeError(f"{self._name}: says {shown}: allowed are finite curvatures {running.shape} [1/m]")
        return said
