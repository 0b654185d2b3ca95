"""DisturbedSimulator: any simulator, with what disturbs a drive between it and the driver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.disturbances.frame_memory import CAMERA, FrameMemory, shown_pictures
from wormdrive.envs.disturbances.picture_plan import picture_plan
from wormdrive.envs.disturbances.worn_steering import WornSteering
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import IN_THE_WORLD, Disturbances
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["DisturbedSimulator"]

_PICTURES: Final = (CAMERA, "segmentation", "depth")


class DisturbedSimulator:
    """N worlds of another simulator, disturbed as their scenarios say; see ``Simulator``.

    Frames come late, spoilt or not at all, and steering is worn; what happens in the world itself (wind, grip, snow, a
    knocked camera) is the other simulator's. Worlds without disturbances pass through untouched. Segmentation and depth
    are shown with the camera's frames that they belong to, and never spoilt.

    Parameters
    ----------
    simulator:
        The simulator; it is closed with this one.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._disturbances: dict[int, Disturbances] = {}
        self._memories: dict[int, FrameMemory] = {}
        self._steering: dict[int, WornSteering] = {}
        self._last_observation: Observation | None = None

    @property
    def unwrapped(self) -> Simulator:
        """The other simulator."""
        return self._simulator.unwrapped

    @property
    def dt_s(self) -> float:
        """Duration of a step [s]."""
        return self._simulator.dt_s

    @property
    def routes(self) -> Sequence[Route]:
        """The route of each world."""
        return self._simulator.routes

    @property
    def parameters(self) -> VehicleParameters:
        """Of the vehicle."""
        return self._simulator.parameters

    @property
    def last_observation(self) -> Observation:
        """The latest observation, as the driver had it."""
        return self._simulator.last_observation if self._last_observation is None else self._last_observation

    @property
    def scenarios(self) -> Sequence[Scenario | None]:
        """The scenario of each world, with the conditions of now."""
        scenarios = list(self._simulator.scenarios)
        for world, disturbances in self._disturbances.items():
            scenario = scenarios[world]
            if scenario is not None:
                scenarios[world] = scenario.model_copy(update={"disturbances": disturbances})
        return scenarios

    @property
    def step_index(self) -> NDArray[np.int64]:
        """Steps since each world's reset, (N,)."""
        return self._simulator.step_index

    def reset(self, scenarios: Sequence[Scenario], mask: NDArray[np.bool_] | None = None) -> Observation:
        """Start an episode in every world, or in those of ``mask`` (N,); raises what the other simulator raises."""
        seen = self._simulator.reset([_for_the_world(scenario) for scenario in scenarios], mask)
        chosen = range(len(scenarios)) if mask is None else np.flatnonzero(mask).tolist()
        for world in chosen:
            self._begin(world, scenarios[world])
        return self._show(seen)

    def step(self, command: NDArray[np.float64]) -> Observation:
        """Advance every world; raises what the other simulator raises."""
        return self._show(self._simulator.step(self._steered(command) if self._steering else command))

    def time_out(self, worlds: NDArray[np.bool_]) -> Observation:
        """End the episodes of some worlds (N,) as if their time were up; see ``Simulator.time_out``."""
        shown = self._simulator.time_out(worlds)
        if self._last_observation is None:
            return shown
        self._last_observation = replace(self._last_observation, end_reason=shown.end_reason)
        return self._last_observation

    def change_conditions(self, world: int, conditions: Conditions) -> None:
        """Change season and weather of a world while its episode goes on; see ``Simulator.change_conditions``."""
        self._simulator.change_conditions(world, conditions)

    def render(self, camera: CameraConfig, worlds: Sequence[int] | None = None) -> NDArray[np.uint8]:
        """Show some worlds as they are through another camera, late and spoilt frames set aside."""
        return self._simulator.render(camera, worlds)

    def close(self) -> None:
        """Close the other simulator."""
        self._simulator.close()

    def _begin(self, world: int, scenario: Scenario) -> None:
        for held in (self._disturbances, self._memories, self._steering):
            held.pop(world, None)
        if not scenario.disturbances.kinds:
            return
        self._disturbances[world] = scenario.disturbances
        plan = picture_plan(scenario)
        if plan is not None:
            self._memories[world] = FrameMemory(plan)
        if scenario.disturbances.steering is not None:
            self._steering[world] = WornSteering(scenario.disturbances.steering)

    def _steered(self, command: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the commands with the worn steering's answers to them; what is no command is passed on as it is."""
        turned = np.array(command, np.float64)
        if turned.ndim != 2:
            return turned
        running = self.last_observation.end_reason == 0
        for world, steering in self._steering.items():
            if world < len(turned) and running[world] and not np.isnan(turned[world, 0]):
                turned[world, 0] = steering.turn(float(turned[world, 0]))
        return turned

    def _show(self, seen: Observation) -> Observation:
        """Return what the driver sees where the simulator shows ``seen``."""
        self._last_observation = None
        if not self._memories:
            return seen
        arrays = {name: getattr(seen, name) for name in _PICTURES if getattr(seen, name) is not None}
        shown = shown_pictures(self._memories, arrays, self._simulator.step_index)
        new, interval_s = seen.new_frame.copy(), seen.frame_interval_s.copy()
        for world, memory in self._memories.items():
            new[world], interval_s[world] = memory.new_frame, memory.frame_interval_s
        changed: dict[str, Any] = {**shown, "new_frame": new, "frame_interval_s": interval_s}
        self._last_observation = replace(seen, **changed)
        return self._last_observation


def _for_the_world(scenario: Scenario) -> Scenario:
    """Return a scenario with those disturbances alone that are the simulator's own."""
    disturbances = scenario.disturbances
    if IN_THE_WORLD.issuperset(disturbances.kinds):
        return scenario
    return scenario.model_copy(update={"disturbances": disturbances.only(IN_THE_WORLD)})
