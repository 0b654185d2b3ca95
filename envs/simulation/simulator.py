"""Simulator: the protocol of the embedded simulator and of CARLA. Worlds come in batches; one world is N = 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["Simulator"]


class Simulator(Protocol):
    """N worlds that advance together by ``dt_s`` a step."""

    @property
    def unwrapped(self) -> Simulator:
        """The simulator itself, where this one only wraps another."""

    @property
    def dt_s(self) -> float:
        """Duration of a step [s]."""

    @property
    def routes(self) -> Sequence[Route]:
        """The route of each world."""

    @property
    def parameters(self) -> VehicleParameters:
        """Of the vehicle that is driven: what ``steer_for_curvature`` needs to steer it."""

    @property
    def last_observation(self) -> Observation:
        """The latest observation."""

    @property
    def scenarios(self) -> Sequence[Scenario | None]:
        """The scenario of each world; ``None`` before its first reset."""

    @property
    def step_index(self) -> NDArray[np.int64]:
        """Steps since each world's reset, (N,)."""

    def reset(self, scenarios: Sequence[Scenario], mask: NDArray[np.bool_] | None = None) -> Observation:
        """Start an episode in every world (or those of ``mask``): one scenario a world."""

    def step(self, command: NDArray[np.float64]) -> Observation:
        """Advance every world.

        ``command`` (N, 2): steer in [-1, 1], -1 full left and +1 full right, as in CARLA; acceleration in [-1, 1],
        brake to throttle; NaN hands the speed to the cruise control. A world whose episode has ended stands still
        until it is reset.
        """

    def time_out(self, worlds: NDArray[np.bool_]) -> Observation:
        """End the episodes of some worlds (N,) as if their time were up; return what all worlds show now."""

    def change_conditions(self, world: int, conditions: Conditions) -> None:
        """Change season and weather of a world while its episode goes on; what the next step returns shows it."""

    def render(self, camera: CameraConfig, worlds: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """Show some worlds (all, if not said) through another camera as they are now, (M, H, W, 3) uint8 RGB."""

    def close(self) -> None:
        """Release what the simulator holds; a second call does nothing."""
