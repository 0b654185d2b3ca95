"""Replay: recorded drives in the cockpit, to be scrubbed through, in any season, one or two side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.scene import Scene
from wormdrive.envs.viewer.user_commands import UserCommand
from wormdrive.scenarios.cockpit.changing_weather import dissolved
from wormdrive.scenarios.cockpit.episode_player import EpisodePlayer
from wormdrive.scenarios.cockpit.loop import RATE, Loop
from wormdrive.scenarios.cockpit.network_monitor import OfflineMonitor
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.transition import Transition

__all__ = ["Replay"]


class Replay(Loop):
    """The loop of a replay.

    Parameters
    ----------
    players:
        One drive, or two of which the second is shown beside the first, frame by frame from their starts.
    cockpit:
        Where to show them.
    controls:
        Season and weather to show them in; ``None`` for their own.
    offline_monitor:
        A policy that looks at the first drive's frames as they are shown.
    films:
        The folder for films.
    """

    def __init__(
        self,
        players: Sequence[EpisodePlayer],
        cockpit: Cockpit,
        *,
        controls: WeatherControls | None = None,
        offline_monitor: OfflineMonitor | None = None,
        films: Path = Path("runs/films"),
    ) -> None:
        fixed = not all(player.redrawable for player in players)
        super().__init__(cockpit, ResolutionScaling(players[0].episode.camera, fixed=fixed), films, "replay")
        self.players = players
        self.index = 0
        self.controls = controls
        self.offline_monitor = offline_monitor
        self._transitions = [Transition(self._wanted(player)) for player in players]
        self.handlers |= {
            "step": lambda _: self._skip(1),
            "skip": lambda user_command: self._skip(round(user_command.value)),
            "seek": lambda user_command: self._skip(round(user_command.value * (len(self) - 1)) - self.index),
            "restart": lambda _: self._skip(-self.index, stop=False),
            "season": self._season,
            "control": self._control,
        }
        other = players[1] if len(players) > 1 and _same_road(players[0], players[1]) else None
        graph = None if offline_monitor is None else offline_monitor.monitor.graph
        cockpit.prepare(players[0].course, graph, None if other is None else other.history)

    def __len__(self) -> int:
        """Return the number of frames, that of the first drive."""
        return len(self.players[0])

    def advance(self) -> None:
        """Show the frame that it has come to, and go on to the next."""
        for transition, player in zip(self._transitions, self.players, strict=True):
            transition.to(self._wanted(player))
            if transition.advance(1.0 / RATE) and transition.over and self.offline_monitor is not None:
                self.offline_monitor.forget()
        self.cockpit.show(self._scene())
        if not self.paused:
            self.index = min(self.index + self.speed, len(self) - 1)
            self.paused = self.index == len(self) - 1

    def pause(self) -> None:
        """Stop time, or let it run on; at the end, from the start."""
        if self.paused and self.index == len(self) - 1:
            self.index = 0
        super().pause()

    @property
    def lit(self) -> set[str]:
        """Names of the buttons that are on."""
        return super().lit | (set() if self.paused else {"pause"})

    def _scene(self) -> Scene:
        first, controls = self.players[0], self.controls
        conditions = self._transitions[0].now
        camera = self.scaling.camera if len(self.players) == 1 else _half(self.scaling.camera)
        seen = first.seen(self.index, conditions)
        monitor = None if self.offline_monitor is None else self.offline_monitor.monitor
        if self.offline_monitor is not None:
            self.offline_monitor.look(self.index, lambda index: first.seen(index, conditions))
        redrawable = all(player.redrawable for player in self.players)
        return Scene(
            roads=tuple(
                self._road(player, transition, camera)
                for player, transition in zip(self.players, self._transitions, strict=True)
            ),
            captions=tuple(player.name for player in self.players) if len(self.players) > 1 else (),
            history=first.history,
            cursor=self.index,
            seen=seen,
            saliency=monitor.gaze(seen) if monitor is not None and self.sight else None,
            neural=None if monitor is None else monitor.read(),
            driver=first.name,
            steers="Taken over" if first.history["person"][self.index] else "The driver steers",
            season=conditions.season.name,
            weather="as recorded" if controls is None else controls.words,
            hour=None if controls is None else controls.hour,
            controls=_positions(controls or WeatherControls(conditions.season.name)) if redrawable else {},
            lit=frozenset(self.lit),
            authority=float(first.history["person"][self.index]),
            rate=self.rate,
        )

    def _road(self, player: EpisodePlayer, transition: Transition, camera: CameraConfig) -> NDArray[np.uint8]:
        index = min(self.index, len(player) - 1)
        if transition.ends is None:
            return player.road(index, camera, transition.now)
        old, new = (player.road(index, camera, one) for one in transition.ends[:2])
        return dissolved(old, new, transition.ends[2])

    def _wanted(self, player: EpisodePlayer) -> Conditions:
        if self.controls is None or not player.redrawable:
            return player.episode.scenario.conditions
        return self.controls.conditions

    def _skip(self, frames: int, *, stop: bool = True) -> None:
        self.index = min(max(self.index + frames, 0), len(self) - 1)
        self.paused = self.paused or stop

    def _season(self, user_command: UserCommand) -> None:
        """Show another season, or, without a name, the recorded one."""
        if not user_command.name:
            self.controls = None
        else:
            self.controls = replace(
                self.controls or WeatherControls(), season=user_command.name, snow=user_command.name == "winter"
            )

    def _control(self, user_command: UserCommand) -> None:
        turned: dict[str, Any] = {user_command.name: user_command.value}
        season = self.players[0].episode.scenario.conditions.season.name
        self.controls = replace(self.controls or WeatherControls.preset(season), **turned)


def _positions(controls: WeatherControls) -> dict[str, float]:
    return {"precipitation": controls.precipitation, "fog": controls.fog, "hour": controls.hour}


def _half(camera: CameraConfig) -> CameraConfig:
    """Return the middle half of a camera's picture."""
    width = camera.width // 2
    fov = 2.0 * math.degrees(math.atan(0.5 * math.tan(math.radians(camera.fov_deg) / 2.0)))
    return replace(camera, width=width, fov_deg=fov)


def _same_road(a: EpisodePlayer, b: EpisodePlayer) -> bool:
    one, other = a.episode.scenario, b.episode.scenario
    return (one.map, one.route_seed) == (other.map, other.route_seed)
