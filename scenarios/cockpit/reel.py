"""Reel: a recorded drive whose pictures can be had in any order, and in any season where they are drawn again."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.redraw import Redrawer
from wormdrive.envs.embedded.worlds_parts import take
from wormdrive.envs.embedded.worlds_routes import route_of
from wormdrive.envs.episode import Episode
from wormdrive.envs.errors import EpisodeError
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulator import CameraConfig
from wormdrive.envs.viewer.scene import Course, course_of
from wormdrive.envs.viewer.trace import Trace

__all__ = ["Reel"]

_CAMERAS_KEPT: Final = 4
_SPACING_M: Final = 0.5
_USUAL_LANE_M: Final = 3.5


class Reel:
    """An episode to look at.

    Raises
    ------
    MapError, RouteError
        If the episode's road is not there any more.
    """

    def __init__(self, episode: Episode, name: str) -> None:
        self.episode, self.name = episode, name
        self.redrawable = episode.simulator == "embedded"
        self.trace = _trace(episode)
        self.course = (
            course_of(route_of(episode.scenario), episode.scenario) if self.redrawable else _driven(self.trace)
        )
        self._redrawers: dict[CameraConfig, Redrawer] = {}

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.episode)

    def seen(self, index: int, conditions: Conditions) -> NDArray[np.uint8]:
        """Give frame ``index`` as the driver saw it, or would see it in ``conditions``: (h, w, 3) uint8."""
        if self.episode.frames is not None:
            return np.asarray(self.episode.frames[index])
        return self.road(index, self.episode.camera, conditions)

    def road(self, index: int, camera: CameraConfig, conditions: Conditions) -> NDArray[np.uint8]:
        """Draw frame ``index`` through a camera: (H, W, 3) uint8; of an episode with frames of its own, those.

        Raises
        ------
        EpisodeError
            If the episode holds neither its frames nor what is needed to draw them.
        """
        if not self.redrawable:
            if self.episode.frames is None:
                raise EpisodeError(f"{self.name}: recorded from CARLA, but without its frames")
            return np.asarray(self.episode.frames[index])
        if camera not in self._redrawers:
            if len(self._redrawers) >= _CAMERAS_KEPT:
                self._redrawers.pop(next(iter(self._redrawers))).close()
            self._redrawers[camera] = Redrawer([self.episode.scenario], camera=camera)
        redrawer = self._redrawers[camera]
        redrawer.change_conditions(0, conditions)
        step = np.array([self.episode.first_step + index])
        drawn = redrawer.draw(np.zeros(1, np.int32), step, take(self.episode.state, np.array([index])))
        return np.asarray(drawn.camera[0])

    def close(self) -> None:
        """End the threads."""
        for redrawer in self._redrawers.values():
            redrawer.close()
        self._redrawers.clear()


def _driven(trace: Trace) -> Course:
    """Make a course of the drive itself: of a server's map nothing is left."""
    station = trace["station_m"]
    at = np.arange(0.0, station[-1] + _SPACING_M, _SPACING_M)
    half = np.full(len(at), _USUAL_LANE_M / 2)
    x, y = (np.interp(at, station, trace[column]) for column in ("x_m", "y_m"))
    return Course(x, y, half, half, _SPACING_M, float(station[0]), float(station[-1]))


def _trace(episode: Episode) -> Trace:
    state, steps = episode.state, np.arange(episode.first_step, episode.first_step + len(episode))
    return Trace.of(
        time_s=np.asarray(steps * episode.dt_s, np.float64),
        station_m=state.station_m,
        offset_m=state.lateral_offset_m,
        steer=episode.command[:, 0],
        speed_mps=state.speed_mps,
        x_m=state.x_m,
        y_m=state.y_m,
        heading_rad=state.heading_rad,
        person=episode.intervention.astype(np.float64),
    )
