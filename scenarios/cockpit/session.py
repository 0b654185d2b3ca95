"""Session: one world driven step by step by policies and a person, in conditions that may change on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.driver import Driver
from wormdrive.agents.policy_driver import PolicyDriver
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.viewer.history import DriveHistory, place_of
from wormdrive.envs.viewer.scene import Course, course_of
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.scenarios.candidate import Candidate
from wormdrive.scenarios.cockpit.changing_weather import ChangingWeather
from wormdrive.scenarios.cockpit.network_monitor import NetworkMonitor
from wormdrive.scenarios.cockpit.takeover import Steering, Takeover

__all__ = ["Log", "Session"]


class Log(Protocol):
    """Told of every step of a session, such as to record it."""

    def begin(self, scenario: Scenario) -> None:
        """Begin a drive."""

    def note(
        self, observation: Observation, conditions: Conditions, command: NDArray[np.float64], steering: Steering
    ) -> None:
        """On seeing ``observation`` of one world, ``command`` (1, 2) was given."""

    def end(self) -> None:
        """End the drive."""


class Session(ChangingWeather):
    """A drive that can be watched, steered, changed and begun again.

    Parameters
    ----------
    simulator:
        Of one world.
    scenario:
        What is driven, each time anew.
    candidates:
        Who drives, in turn; none: the person.
    controls:
        The weather controls that the scenario's conditions come from.
    log:
        Told of every step.
    """

    def __init__(
        self,
        simulator: Simulator,
        scenario: Scenario,
        candidates: Sequence[Candidate] = (),
        *,
        controls: WeatherControls | None = None,
        log: Log | None = None,
    ) -> None:
        super().__init__(scenario.conditions, controls or WeatherControls())
        self.simulator, self.scenario, self.candidates = simulator, scenario, candidates
        self.takeover = Takeover(simulator.parameters, always=not candidates)
        self.ghost: DriveHistory | None = None
        self.history = DriveHistory()
        self.steering: Steering | None = None
        self._log = log
        self._turn = 0
        self._logging = False
        self._driver: Driver | None = None
        self._monitor: NetworkMonitor | None = None
        self.restart()

    @property
    def name(self) -> str:
        """Who drives."""
        return self.candidates[self._turn].name if self.candidates else "You"

    @property
    def monitor(self) -> NetworkMonitor | None:
        """What goes on in the driver, if it is a policy."""
        return self._monitor

    @property
    def course(self) -> Course:
        """The road."""
        return self._course

    @property
    def waits(self) -> bool:
        """Whether a person who drives alone has still to touch the wheel for the first time."""
        return not self.candidates and not len(self.history)

    @property
    def end_reason(self) -> str:
        """Why the drive is over; empty while it is not."""
        return END_REASONS[self.observation.end_reason[0]]

    def restart(self) -> None:
        """Begin the same drive anew, in the conditions that hold now."""
        self._end_log()
        conditions = self.conditions
        self.observation = self.simulator.reset([self.scenario.model_copy(update={"conditions": conditions})])
        self._seen_in = conditions
        self._course = course_of(self.simulator.routes[0], self.scenario)
        if self.candidates and self._driver is None:
            self._driver = self.candidates[self._turn].make_driver(self.simulator)
            self._monitor = _monitor_of(self._driver)
        if self._driver is not None:
            self._driver.reset(np.ones(1, np.bool_))
        self.takeover.reset()
        self.history = DriveHistory()
        self.steering = None
        if self._log is not None:
            self._log.begin(self.scenario)
            self._logging = True

    def next(self) -> None:
        """Hand the wheel to the next candidate, on the same road; the drive so far becomes the ghost."""
        self._turn = (self._turn + 1) % max(len(self.candidates), 1)
        if self._monitor is not None:
            self._monitor.close()
        self._driver, self._monitor = None, None
        self.ghost = self.history if len(self.history) > 1 else None
        self.restart()

    def advance(self, driver_command: DriverCommand) -> bool:
        """Drive on by one step, unless the drive is over; tell whether it did."""
        if self.end_reason:
            self._end_log()
            return False
        observation, dt_s = self.observation, self.simulator.dt_s
        state = observation.state
        own = 0.0 if self._driver is None else float(self._driver.act(observation)[0, 0])
        self.steering = self.takeover.advance(driver_command, own, float(state.speed_mps[0]), dt_s)
        command = np.array([[self.steering.steer, self.steering.pedal]])
        self.history.append(
            time_s=len(self.history) * dt_s,
            steer=self.steering.steer,
            person=self.steering.authority,
            **place_of(state),
        )
        if self._log is not None:
            self._log.note(observation, self._seen_in, command, self.steering)
        self.rest(dt_s)
        self.observation, self._seen_in = self.simulator.step(command), self.conditions
        if self.end_reason:
            self._end_log()
        return True

    def close(self) -> None:
        """End the drive; the simulator stays open."""
        self._end_log()
        if self._monitor is not None:
            self._monitor.close()

    def _show_in(self, conditions: Conditions) -> None:
        self.simulator.change_conditions(0, conditions)

    def _end_log(self) -> None:
        if self._log is not None and self._logging:
            self._logging = False
            self._log.end()


def _monitor_of(driver: Driver) -> NetworkMonitor | None:
    if not (isinstance(driver, PolicyDriver) and driver.policy.needs_camera):
        return None
    return NetworkMonitor(driver.policy, lambda: driver.state)
