"""Human render: the cockpit around a simulator that somebody else steps: ``render_mode="human"``."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.history import DriveHistory, place_of
from wormdrive.envs.viewer.scene import ENDINGS, Scene, course_of
from wormdrive.envs.viewer.user_commands import WATCH

__all__ = ["HumanRenderWindow"]


class HumanRenderWindow:
    """Shows the one world of a simulator, whose camera is ``camera``.

    Raises
    ------
    DisplayError
        If pygame is missing, or there is no display and none was simulated.
    """

    def __init__(self, camera: CameraConfig) -> None:
        self._camera = replace(camera, width=800, height=450)
        self._history = DriveHistory()
        self._scenario: Scenario | None = None
        self._shown: Observation | None = None
        self.cockpit = Cockpit(WATCH, "Wormdrive: lane keeping")

    def show(
        self, simulator: Simulator, scenario: Scenario, command: NDArray[np.float64], frames_per_second: float
    ) -> None:
        """Show the world now, in an episode of ``scenario``, and wait for its turn; ``command`` (1, 2) led there."""
        shown = simulator.last_observation
        if scenario is not self._scenario:
            self._scenario, self._history = scenario, DriveHistory()
            self.cockpit.prepare(course_of(simulator.routes[0], scenario), None)
        if shown is not self._shown:
            self._shown = shown
            time_s = len(self._history) * simulator.dt_s
            self._history.append(time_s=time_s, steer=float(command[0, 0]), person=0.0, **place_of(shown.state))
        self.cockpit.user_commands()  # closing an environment is its owner's business
        self.cockpit.show(
            Scene(
                roads=(simulator.render(self._camera, [0])[0],),
                history=self._history,
                cursor=len(self._history) - 1,
                seen=None if shown.camera is None else shown.camera[0],
                driver="The agent",
                steers="The agent steers",
                season=scenario.conditions.season.name,
                notice=ENDINGS[END_REASONS[shown.end_reason[0]]],
            )
        )
        self.cockpit.wait(frames_per_second)

    def close(self) -> None:
        """Close the window; a second call does nothing."""
        self.cockpit.close()
