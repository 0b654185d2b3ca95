"""Live: a session in the cockpit's window, until the person closes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.user_commands import UserCommand
from wormdrive.scenarios.cockpit.loop import RATE, Loop
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.scene_builder import build_scene
from wormdrive.scenarios.cockpit.session import Session

__all__ = ["Live"]


class Live(Loop):
    """The loop of a drive.

    Parameters
    ----------
    session, cockpit:
        What is driven, and where it is shown.
    films:
        The folder for films.
    scaling:
        Chooses the size of the large picture.
    camera:
        What the driver sees through: the large picture is taken from the same place.
    """

    def __init__(
        self,
        session: Session,
        cockpit: Cockpit,
        films: Path = Path("runs/films"),
        scaling: ResolutionScaling | None = None,
        camera: CameraConfig = CameraConfig(),  # noqa: B008  (frozen)
    ) -> None:
        # a CARLA server would have to be given a new camera for every size
        own = ResolutionScaling(camera, fixed=not isinstance(session.simulator.unwrapped, EmbeddedSimulator))
        super().__init__(cockpit, scaling or own, films, "drive")
        self.session = session
        self._stepping = False
        self.handlers |= {
            "step": lambda _: self._step(),
            "restart": lambda _: self.session.restart(),
            "next": lambda _: self._next(),
            "take": lambda _: self.session.takeover.keep(),
            "season": lambda user_command: self.session.season(user_command.name),
            "control": self._control,
        }
        self._prepare()

    def advance(self) -> None:
        """Drive on, or let the seasons change while time stands still; show what comes of it."""
        session, driver_command = self.session, self.cockpit.driver_command
        steps = 1 if self._stepping else 0 if self.paused else self.speed
        self._stepping = False
        if session.waits and not driver_command.on:
            steps = 0
        for _ in range(steps):
            if not session.advance(driver_command):
                session.rest(1.0 / RATE)
        if not steps:
            session.rest(1.0 / RATE)
        self.cockpit.show(
            build_scene(session, self.scaling.camera, sight=self.sight, lit=frozenset(self.lit), rate=self.rate)
        )

    @property
    def lit(self) -> set[str]:
        """Names of the buttons that are on."""
        on = {"pause": self.paused, "take": self.session.takeover.kept}
        blind = {"saliency"} if self.session.monitor is None else set()  # who is no network has no gaze to show
        return super().lit - blind | {name for name, is_on in on.items() if is_on}

    def _prepare(self) -> None:
        monitor = self.session.monitor
        self.cockpit.prepare(self.session.course, None if monitor is None else monitor.graph, self.session.ghost)

    def _step(self) -> None:
        self.paused = self._stepping = True

    def _next(self) -> None:
        self.session.next()
        self._prepare()

    def _control(self, user_command: UserCommand) -> None:
        turned: dict[str, Any] = {user_command.name: user_command.value}
        self.session.turn(replace(self.session.controls, **turned))
