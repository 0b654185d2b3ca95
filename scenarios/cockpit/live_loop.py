"""Live loop: what is driven or flown now, in the cockpit's window, until the person closes it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.user_commands import DriverCommand, UserCommand
from wormdrive.scenarios.cockpit.loop import RATE, Loop
from wormdrive.scenarios.cockpit.network_monitor import Monitor
from wormdrive.scenarios.cockpit.resolution_scaling import Scaling

__all__ = ["LiveLoop", "LiveSession"]


class LiveSession(Protocol):
    """Something that goes on step by step, in conditions that may change on the way."""

    controls: WeatherControls

    @property
    def monitor(self) -> Monitor | None:
        """What goes on in the network that acts, if there is one."""

    @property
    def waits(self) -> bool:
        """Whether nothing goes on until a person does something."""

    def advance(self, driver_command: DriverCommand) -> bool:
        """Go on by one step, unless it is over; tell whether it did."""

    def rest(self, dt_s: float) -> None:
        """Let ``dt_s`` [s] go by: seasons change all the same."""

    def restart(self) -> None:
        """Begin the same anew."""

    def season(self, season: str) -> None:
        """Change the season."""

    def turn(self, controls: WeatherControls) -> None:
        """Set the weather controls."""


class LiveLoop(Loop):
    """The loop of a session; a step of it is what comes between two pictures.

    Parameters
    ----------
    session, cockpit:
        What goes on, and where it is shown.
    scaling, films, name, pictures_per_second:
        As of ``Loop``.
    """

    def __init__(
        self,
        session: LiveSession,
        cockpit: Cockpit,
        scaling: Scaling[Any],
        films: Path,
        name: str,
        *,
        pictures_per_second: float = RATE,
    ) -> None:
        super().__init__(cockpit, scaling, films, name, pictures_per_second=pictures_per_second)
        self._live = session
        self._stepping = False
        self.handlers |= {
            "step": lambda _: self._step(),
            "restart": lambda _: session.restart(),
            "season": lambda user_command: session.season(user_command.name),
            "control": self._control,
        }

    def advance(self) -> None:
        """Go on, or let the seasons change while time stands still; show what comes of it."""
        session, driver_command, dt_s = self._live, self.cockpit.driver_command, 1.0 / self.pictures_per_second
        steps = 1 if self._stepping else 0 if self.paused else self.speed
        self._stepping = False
        if session.waits and not driver_command.on:
            steps = 0
        for _ in range(steps):
            if not session.advance(driver_command):
                session.rest(dt_s)
        if not steps:
            session.rest(dt_s)
        self.cockpit.show(self.scene())

    @property
    def lit(self) -> set[str]:
        """Names of the buttons that are on."""
        blind = {"saliency"} if self._live.monitor is None else set()  # who is no network has no gaze to show
        return super().lit - blind | ({"pause"} if self.paused else set())

    @abstractmethod
    def scene(self) -> Scene:
        """Build the scene now."""

    @abstractmethod
    def prepare(self) -> None:
        """Tell the cockpit what stays the same from scene to scene."""

    def then_prepare(self, change: Callable[[], None]) -> Callable[[UserCommand], None]:
        """Return what handles a command by a change after which the cockpit has to be told."""

        def handle(_: UserCommand) -> None:
            change()
            self.prepare()

        return handle

    def _step(self) -> None:
        self.paused = self._stepping = True

    def _control(self, user_command: UserCommand) -> None:
        turned: dict[str, Any] = {user_command.name: user_command.value}
        self._live.turn(replace(self._live.controls, **turned))
