"""Session: a convoy that can be watched from any of its cars, changed and begun again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.convoy.cockpit.convoy_view import convoy_columns
from wormdrive.convoy.cockpit.monitor import follower_monitor
from wormdrive.convoy.evaluation import FollowerDriver, expert_driver
from wormdrive.convoy.follower import Follower
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import CONVOY_END_REASONS, ConvoyObservation, ConvoySimulator
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.viewer.history import History, place_of
from wormdrive.envs.viewer.scene import Course, course_of
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.scenarios.cockpit.changing_weather import ChangingWeather
from wormdrive.scenarios.cockpit.network_monitor import Monitor

__all__ = ["ConvoySession"]

_AROUND_M: Final = 90.0
"""What the map shows of the road at least."""


class ConvoySession(ChangingWeather):
    """One drive after another.

    Parameters
    ----------
    simulator:
        Of one convoy, with a camera.
    draw_scenario:
        Returns the next drive.
    follower, name:
        Who drives all cars but the first, and how that is called; ``None``: the expert.
    controls:
        The weather controls that the scenarios' conditions come from.

    Attributes
    ----------
    scenario, course, histories, shown:
        The drive now, its road, what it was like so far for each car, and what the convoy shows.
    followed:
        Which car is watched: 0, the first, to N - 1.
    """

    def __init__(
        self,
        simulator: ConvoySimulator,
        draw_scenario: Callable[[], ConvoyScenario],
        follower: Follower | None,
        name: str,
        *,
        controls: WeatherControls | None = None,
    ) -> None:
        self.scenario = draw_scenario()
        super().__init__(self.scenario.road.conditions, controls or WeatherControls())
        self.simulator, self.name, self.followed = simulator, name, 1
        self._draw_scenario, self._follower = draw_scenario, follower
        self._monitor = None
        if follower is not None:
            self._monitor = follower_monitor(follower, lambda: self._memory, lambda: self.followed - 1)
        self.restart()

    @property
    def monitor(self) -> Monitor | None:
        """What goes on in the network of the car that is watched, if it is driven by one."""
        return self._monitor if self.followed else None

    @property
    def history(self) -> History:
        """What the drive was like for the car that is watched."""
        return self.histories[self.followed]

    @property
    def seen(self) -> NDArray[np.uint8] | None:
        """What the network of the car that is watched sees; the first car has no camera."""
        camera = self.shown.camera
        return camera[0, self.followed - 1] if camera is not None and self.followed else None

    @property
    def waits(self) -> bool:
        """A convoy waits for nobody."""
        return False

    @property
    def end_reason(self) -> str:
        """Why the drive is over; empty while it is not."""
        return CONVOY_END_REASONS[self.shown.end_reason[0]]

    def restart(self) -> None:
        """Begin the same drive anew, in the conditions that hold now."""
        simulator, road = self.simulator, self.scenario.road.model_copy(update={"conditions": self.conditions})
        self._memory: torch.Tensor | None = None
        self._driver = expert_driver(simulator)
        if self._follower is not None:
            self._driver = FollowerDriver(self._follower, simulator)
        self.shown: ConvoyObservation = simulator.reset([self.scenario.model_copy(update={"road": road})])
        self.histories = [History(convoy_columns(simulator.cars)) for _ in range(simulator.cars)]
        self.course: Course = replace(course_of(simulator.routes[0], road), around_m=_AROUND_M)

    def next(self) -> None:
        """Begin another drive, in the conditions that hold now."""
        self.scenario = self._draw_scenario()
        self.restart()

    def follow(self, step: int) -> None:
        """Watch another car, so many farther back; after the last one comes the first."""
        self.followed = (self.followed + step) % self.simulator.cars

    def advance(self, driver_command: DriverCommand) -> bool:
        """Drive on for a step, unless the drive is over; tell whether it did."""
        if self.end_reason:
            return False
        command = self._driver.act(self.shown)
        if isinstance(self._driver, FollowerDriver):
            self._memory = self._driver.memory
        self._note()
        self.rest(self.simulator.dt_s)
        self.shown = self.simulator.step(command)
        return True

    def close(self) -> None:
        """Read along no longer; the simulator stays open."""
        if self._monitor is not None:
            self._monitor.close()

    def _show_in(self, conditions: Conditions) -> None:
        for car in range(self.simulator.cars):
            self.simulator.embedded.change_conditions(car, conditions)

    def _note(self) -> None:
        shown, state = self.shown, self.shown.state_of(0)
        speeds = {f"speed_{car}_mps": float(speed) for car, speed in enumerate(state.speed_mps)}
        gap = np.concatenate([[np.nan], shown.gap_m[0]])
        wanted = np.concatenate([[np.nan], shown.gap_m[0] - shown.gap_error_m[0]])
        steer = -state.steer_angle_rad / self.simulator.embedded.parameters.max_steer_rad
        for car, history in enumerate(self.histories):
            history.append(
                time_s=len(history) * self.simulator.dt_s,
                steer=float(steer[car]),
                person=0.0,
                gap_m=float(gap[car]),
                wanted_m=float(wanted[car]),
                **place_of(state, car),
                **speeds,
            )
