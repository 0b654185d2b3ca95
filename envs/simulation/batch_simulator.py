"""Batch simulator: what simulators share whose routes, clocks and ends of episodes are a ``VehicleBatch``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation.arriving_snow import conditions_at
from wormdrive.envs.simulation.disturbances import IN_THE_WORLD
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M
from wormdrive.envs.simulation.vehicle_batch import DT_S, VehicleBatch

__all__ = ["BatchSimulator", "as_begun"]


class BatchSimulator(ABC):
    """Book-keeping of N worlds, and the checks of what is asked of them."""

    def __init__(self, batch: VehicleBatch, count: int) -> None:
        self._batch = batch
        self._count = count
        self._scenarios: list[Scenario | None] = [None] * count
        self._ready = np.zeros(count, np.bool_)
        self._last_observation: Observation | None = None
        self._closed = False
        self._snowing: set[int] = set()
        self._every_frame = _constant(count, True)
        self._every_step = _constant(count, DT_S)

    @property
    def dt_s(self) -> float:
        """Duration of a step [s]."""
        return DT_S

    @property
    def routes(self) -> list[Route]:
        """The route of each world.

        Raises
        ------
        SimulatorError
            If a world has not been reset yet.
        """
        routes = [route for route in self._batch.roads.routes if route is not None]
        if len(routes) < self._count:
            raise SimulatorError("a world has no route yet: reset it first")
        return routes

    @property
    def scenarios(self) -> list[Scenario | None]:
        """The scenario of each world."""
        return list(self._scenarios)

    @property
    def last_observation(self) -> Observation:
        """The latest observation.

        Raises
        ------
        SimulatorError
            If no world was ever reset.
        """
        if self._last_observation is None:
            raise SimulatorError("no world has an episode yet: reset first")
        return self._last_observation

    @property
    def step_index(self) -> NDArray[np.int64]:
        """Steps since each world's reset, (N,): the number of the frame it shows."""
        return self._batch.step_index.copy()

    def time_out(self, worlds: NDArray[np.bool_]) -> Observation:
        """End the episodes of some worlds (N,) that still run, as if their time were up; return what all show now.

        Raises
        ------
        SimulatorError
            If no world was ever reset.
        """
        shown = self.last_observation
        over = worlds & (shown.end_reason == 0)
        if over.any():
            self._batch.end_reason[over] = END_REASONS.index("time_limit")
            self._last_observation = shown = replace(shown, end_reason=self._batch.end_reason.copy())
        return shown

    def _chosen(self, scenarios: Sequence[Scenario], mask: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Check the arguments of ``reset``; which worlds it is about, (N,)."""
        self._check_open()
        if len(scenarios) != self._count:
            raise ArgumentError(f"scenarios: got {len(scenarios)}, allowed are {self._count}, one a world")
        chosen = np.ones(self._count, np.bool_) if mask is None else np.asarray(mask, np.bool_)
        if chosen.shape != (self._count,):
            raise ArgumentError(f"mask: shape {chosen.shape}, allowed is {(self._count,)}")
        self._check_ready(chosen | self._ready)
        for world in np.flatnonzero(chosen).tolist():
            left = set(scenarios[world].disturbances.kinds) - IN_THE_WORLD
            if left:
                raise SimulatorError(
                    f"scenarios[{world}].disturbances.{min(left)}: allowed in simulators that open_simulator or "
                    "SimulatorChoice opens, or in DisturbedSimulator(simulator)"
                )
        return chosen

    def _checked(self, command: NDArray[np.float64]) -> NDArray[np.float64]:
        """Check the argument of ``step``."""
        self._check_open()
        command = np.ascontiguousarray(command, np.float64)
        if command.shape != (self._count, 2):
            raise ArgumentError(f"command: shape {command.shape}, allowed is {(self._count, 2)}")
        self._check_ready(self._ready)
        if np.isnan(command[self._batch.end_reason == 0, 0]).any():
            raise ArgumentError("command: steer is NaN, allowed is a number in [-1, 1]")
        return command

    def _note_scenario(self, world: int, scenario: Scenario) -> None:
        """Note that an episode has begun."""
        self._scenarios[world] = scenario
        (self._snowing.discard if scenario.disturbances.arriving_snow is None else self._snowing.add)(world)

    def _let_snow_arrive(self) -> None:
        """Change the conditions of the worlds in which snow arrives, where their cars have come far enough."""
        for world in sorted(self._snowing):
            scenario = self._scenarios[world]
            assert scenario is not None  # noqa: S101  (snow arrives in an episode)
            conditions = conditions_at(scenario, float(self._batch.state[kernel.STATION, world]))
            if conditions != scenario.conditions and not self._batch.end_reason[world]:
                self.change_conditions(world, conditions)

    @abstractmethod
    def change_conditions(self, world: int, conditions: Conditions) -> None:
        """Change season and weather of a world while its episode goes on; see ``Simulator.change_conditions``."""

    def _scenario_of(self, world: int) -> Scenario:
        """Check the number of a world that an episode must have begun in; its scenario."""
        self._check_open()
        if not 0 <= world < self._count:
            raise ArgumentError(f"world={world!r}: allowed are 0 to {self._count - 1}")
        scenario = self._scenarios[world]
        if scenario is None or not self._ready[world]:
            raise SimulatorError(f"world {world} has no episode yet: reset it first")
        return scenario

    def _check_ready(self, ready: NDArray[np.bool_]) -> None:
        if not ready.all():
            raise SimulatorError(f"world {np.argmin(ready)} has no episode yet: reset it first")

    def _check_open(self) -> None:
        if self._closed:
            raise SimulatorError("the simulator is closed")


def as_begun(scenario: Scenario) -> Scenario:
    """Return a scenario with the conditions that its drive begins in."""
    if scenario.disturbances.arriving_snow is None:
        return scenario
    return scenario.model_copy(update={"conditions": conditions_at(scenario, START_M)})


def _constant(count: int, value: Any) -> NDArray[Any]:
    array = np.full(count, value)
    array.setflags(write=False)
    return array
