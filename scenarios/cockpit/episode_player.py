"""Episode player: a recorded drive whose pictures can be had in any order, and redrawn ones in any season."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import take
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.envs.viewer.history import DriveHistory
from wormdrive.envs.viewer.scene import Course, course_of

__all__ = ["EpisodePlayer"]

_CAMERAS_KEPT: Final = 4
_SPACING_M: Final = 0.5
_USUAL_LANE_M: Final = 3.5


class EpisodePlayer:
    """An episode to look at.

    Raises
    ------
    MapError, RouteError
        If the episode's road is not there any more.
    """

    def __init__(self, episode: Episode, name: str) -> None:
        self.episode, self.name = episode, name
        self.redrawable = episode.simulator == "embedded"
        self.history = _history(episode)
        self.course = (
            course_of(route_of(episode.scenario), episode.scenario) if self.redrawable else _driven(self.history)
        )
        self._redrawers: dict[CameraConfig, EpisodeRenderer] = {}

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.episode)

    def seen(self, index: int, conditions: Conditions) -> NDArray[np.uint8]:
        """Return frame ``index`` as the driver saw it, or would see it in ``conditions``: (h, w, 3) uint8."""
        if self.episode.frames is not None:
            return np.asarray(self.episode.frames[index])
        renderer = self._redrawer(self.episode.camera, conditions)
        drawn = renderer.draw_shown(0, np.array([index]), self.episode.state, self.episode.first_step)
        return np.asarray(drawn.camera[0])

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
        renderer = self._redrawer(camera, conditions)
        step = np.array([self.episode.first_step + index])
        drawn = renderer.draw(np.zeros(1, np.int32), step, take(self.episode.state, np.array([index])))
        return np.asarray(drawn.camera[0])

    def _redrawer(self, camera: CameraConfig, conditions: Conditions) -> EpisodeRenderer:
        if camera not in self._redrawers:
            if len(self._redrawers) >= _CAMERAS_KEPT:
                self._redrawers.pop(next(iter(self._redrawers))).close()
            self._redrawers[camera] = EpisodeRenderer([self.episode.scenario], camera=camera)
        renderer = self._redrawers[camera]
        renderer.change_conditions(0, conditions)
        return renderer

    def close(self) -> None:
        """End the threads."""
        for renderer in self._redrawers.values():
            renderer.close()
        self._redrawers.clear()


def _driven(history: DriveHistory) -> Course:
    """Make a course of the drive itself: of a server's map nothing is left."""
    station = history["station_m"]
    at = np.arange(0.0, station[-1] + _SPACING_M, _SPACING_M)
    half = np.full(len(at), _USUAL_LANE_M / 2)
    x, y = (np.interp(at, station, history[column]) for column in ("x_m", "y_m"))
    return Course(x, y, half, half, _SPACING_M, float(station[0]), float(station[-1]))


def _history(episode: Episode) -> DriveHistory:
    state, steps = episode.state, np.arange(episode.first_step, episode.first_step + len(episode))
    return DriveHistory.of(
        time_s=np.asarray(steps * episode.dt_s, np.float64),
        station_m=state.station_m,
        offset_m=state.lateral_offset_m,
        heading_error_rad=state.heading_error_rad,
        curvature=state.curvature,
        steer=episode.command[:, 0],
        speed_mps=state.speed_mps,
        x_m=state.x_m,
        y_m=state.y_m,
        heading_rad=state.heading_rad,
        person=episode.intervention.astype(np.float64),
    )
