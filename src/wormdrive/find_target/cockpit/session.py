"""Session: a flight that can be watched, flown by hand, changed and begun again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.dynamics import ACTION_NAMES, DT_S
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.worlds import END_REASONS, FlightObservation, FlightWorlds
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.find_target.cockpit.flight_view import COLUMNS, Woods
from wormdrive.find_target.flights import Pilot
from wormdrive.scenarios.cockpit.changing_weather import ChangingWeather
from wormdrive.scenarios.cockpit.network_monitor import Monitor

__all__ = ["FlightSession"]

_TURNS: Final = ACTION_NAMES.index("yaw_rate")
_CLIMBS: Final = ACTION_NAMES.index("climb")


class FlightSession(ChangingWeather):
    """One flight after another.

    Parameters
    ----------
    worlds:
        Of one flight.
    draw_flight:
        Returns the next flight.
    pilot, name:
        Who flies, and how that is called.
    controls:
        The weather controls that the flights' conditions come from.
    monitor:
        Reads along in the pilot's network.

    Attributes
    ----------
    scenario, woods, history, seen:
        The flight now, its wood, what it was like so far, and what is seen.
    """

    def __init__(
        self,
        worlds: FlightWorlds,
        draw_flight: Callable[[], FlightScenario],
        pilot: Pilot,
        name: str,
        *,
        controls: WeatherControls | None = None,
        monitor: Monitor | None = None,
    ) -> None:
        self.scenario = draw_flight()
        super().__init__(self.scenario.conditions, controls or WeatherControls())
        self.worlds, self.name = worlds, name
        self._draw_flight, self._pilot, self._monitor = draw_flight, pilot, monitor
        self.restart()

    @property
    def monitor(self) -> Monitor | None:
        """What goes on in the pilot's network, if it has one."""
        return self._monitor

    @property
    def waits(self) -> bool:
        """A pilot waits for nobody."""
        return False

    @property
    def end_reason(self) -> str:
        """Why the flight is over; empty while it is not."""
        return END_REASONS[self.seen.end_reason[0]]

    def restart(self) -> None:
        """Begin the same flight anew, in the conditions that hold now."""
        self.seen: FlightObservation = self.worlds.reset([self.scenario])
        self.worlds.change_conditions(0, self.conditions)
        if self.conditions != self.scenario.conditions:
            self.seen = self.seen._replace(camera=self.worlds.render(self.worlds.camera))
        self._pilot.begin(1)
        self.history = History(COLUMNS)
        start = self.worlds.flight.position[0, :2].copy()
        self.woods = Woods(self.worlds.trunks(0), start, np.array(self.worlds.target_place(0)))

    def next(self) -> None:
        """Begin another flight, in the conditions that hold now."""
        self.scenario = self._draw_flight()
        self.restart()

    def advance(self, driver_command: DriverCommand) -> bool:
        """Fly for a step, unless the flight is over; tell whether it did."""
        if self.end_reason:
            return False
        action = self._pilot.act(self.worlds, self.seen, np.zeros(1, np.int64))
        if driver_command.on:
            by_hand = np.array([driver_command.pedal, 0.0, action[0, _CLIMBS], 0.0])
            by_hand[_TURNS] = -driver_command.steer
            action = by_hand[None]
        action = np.clip(action, -1.0, 1.0)
        self._note(action[0], driver_command.on)
        self.rest(DT_S)
        self.seen = self.worlds.step(action)
        if self.end_reason:  # the last sample is where it ended
            self._note(action[0], driver_command.on)
        return True

    def close(self) -> None:
        """Read along no longer; the worlds stay open."""
        if self._monitor is not None:
            self._monitor.close()

    def _show_in(self, conditions: Conditions) -> None:
        self.worlds.change_conditions(0, conditions)

    def _note(self, action: NDArray[np.float64], by_hand: bool) -> None:
        flight, seen = self.worlds.flight, self.seen
        x, y, _ = flight.position[0].tolist()
        self.history.append(
            time_s=float(seen.time_s[0]),
            speed_mps=float(np.linalg.norm(flight.rates[0, :3])),
            x_m=x,
            y_m=y,
            heading_rad=float(flight.heading[0]),
            person=float(by_hand),
            distance_m=float(seen.distance_m[0]),
            height_m=self.worlds.height_m(0),
            visible_px=float(seen.visible[0]),
            **dict(zip(ACTION_NAMES, action.tolist(), strict=True)),
        )
