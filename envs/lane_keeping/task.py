"""The lane-keeping task: what the single and the vector environment have in common.

The options checked, spaces, and pure functions from observations to what Gymnasium shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, one_of, require_seed
from wormdrive.envs.lane_keeping.actions import ACTIONS
from wormdrive.envs.lane_keeping.options import LaneKeepingOptions
from wormdrive.envs.lane_keeping.reward import Reward, parse_reward
from wormdrive.envs.lane_keeping.scenario_source import NARROWING, ScenarioSource, several
from wormdrive.envs.simulation.camera_config import CameraConfig, parse_camera
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.simulator import Simulator

__all__ = ["OBSERVATIONS", "LaneKeepingTask", "spectator", "vehicle_infos"]

OBSERVATIONS: Final = ("camera", "segmentation", "depth", "speed", "state")
RENDER_MODES: Final = ("rgb_array", "human")
FARTHEST_M: Final = 1000.0
"""Depth is cut off here [m], as CARLA's far plane does."""
STATE_FIELDS: Final = (
    ("lateral_offset_m", 50.0),
    ("heading_error_rad", float(np.float32(np.pi)) + 1e-6),
    ("curvature", 2.0),
    ("speed_mps", 100.0),
    ("yaw_rate_radps", 20.0),
    ("steer_angle_rad", 2.0),
)
"""What ``state`` observes, and the bounds of each."""
SUCCESS: Final = END_REASONS.index("route_done")


class LaneKeepingTask:
    """Options of the environments, checked.

    Raises
    ------
    ArgumentError, ConditionsError
        If an option is not allowed.
    """

    def __init__(self, options: LaneKeepingOptions) -> None:
        if options.action not in ACTIONS:
            raise ArgumentError(one_of("action", options.action, ACTIONS))
        if options.render_mode not in (None, *RENDER_MODES):
            raise ArgumentError(one_of("render_mode", options.render_mode, (None, *RENDER_MODES)))
        if not isinstance(options.channel_axis, bool):
            raise ArgumentError(one_of("channel_axis", options.channel_axis, (False, True)))
        self.seed = None if options.seed is None else require_seed(options.seed)
        self.scenarios = ScenarioSource.of(options)
        self.action = ACTIONS[options.action]
        self._reward = parse_reward(options.reward, options.target_speed)
        self.render_mode = options.render_mode
        self.camera = parse_camera(options.camera)
        self.channel_axis = options.channel_axis
        self.plain = isinstance(options.observation, str)
        self.shows = several("observation", options.observation, OBSERVATIONS)

    @property
    def pictures(self) -> dict[str, Any]:
        """Arguments of a simulator that say what to draw."""
        segmentation, depth = "segmentation" in self.shows, "depth" in self.shows
        drawn = "camera" in self.shows or segmentation or depth
        return {"camera": self.camera if drawn else None, "segmentation": segmentation, "depth": depth}

    def reward(self, worlds: int, dt_s: float) -> Reward:
        """Return what pays N worlds for steps of ``dt_s`` [s]."""
        return Reward(self._reward, worlds, dt_s)

    def action_space(self) -> spaces.Box:
        """Steer or curvature, or steer and acceleration."""
        return self.action.space

    def observation_space(self) -> spaces.Space[Any]:
        """Space of what one world shows: a Box for a plain observation, otherwise a Dict of them."""
        size = (self.camera.height, self.camera.width)
        flat = (*size, 1) if self.channel_axis else size
        bounds = np.array([bound for _, bound in STATE_FIELDS], np.float32)
        known: dict[str, spaces.Space[Any]] = {
            "camera": spaces.Box(0, 255, (*size, 3), np.uint8),
            "segmentation": spaces.Box(0, 255, flat, np.uint8),
            "depth": spaces.Box(0.0, FARTHEST_M, flat, np.float32),
            "speed": spaces.Box(0.0, 100.0, (1,), np.float32),
            "state": spaces.Box(-bounds, bounds, dtype=np.float32),
        }
        if self.plain:
            return known[self.shows[0]]
        return spaces.Dict({name: known[name] for name in self.shows})

    def reset_options(self, options: Any, others: tuple[str, ...] = ()) -> dict[str, Any]:
        """Check the names of the options of a reset: ``scenario``, or some of ``NARROWING``, and ``others``.

        Raises
        ------
        ArgumentError
            If they are no mapping, one is unknown, or a scenario is given and also what it would be drawn from.
        """
        if options is not None and not isinstance(options, Mapping):
            raise ArgumentError(f"options={options!r}: allowed is None or a mapping")
        given = dict(options or {})
        for name in given:
            if name not in ("scenario", *NARROWING, *others):
                raise ArgumentError(one_of("options", name, ("scenario", *NARROWING, *others)))
            if name in NARROWING and "scenario" in given:
                raise ArgumentError(f"options[{name!r}]={given[name]!r}: allowed where no 'scenario' is given")
        return given

    def source(self, options: Mapping[str, Any]) -> ScenarioSource:
        """Return where the next episode's scenario comes from under options of ``reset_options``.

        Raises
        ------
        ArgumentError
            If a season, weather or map is not allowed.
        """
        choice = {name: value for name, value in options.items() if name in NARROWING}
        return self.scenarios.narrowed(choice) if choice else self.scenarios

    def command(self, actions: Any, simulator: Simulator, worlds: int) -> NDArray[np.float64]:
        """Return the commands (N, 2) of the actions of N worlds; see ``ActionKind.commands``."""
        return self.action.commands(actions, simulator, worlds)

    def observe(self, observation: Observation) -> Any:
        """Return what the policy sees of N worlds, arrays (N, ...) of its own, as ``observation_space`` has it."""
        found = {name: _OBSERVERS[name](observation) for name in self.shows}
        if self.channel_axis:
            found |= {name: found[name][..., None] for name in ("segmentation", "depth") if name in found}
        return found[self.shows[0]] if self.plain else found


def vehicle_infos(
    observation: Observation, season: NDArray[np.str_], scenario: NDArray[np.object_]
) -> dict[str, NDArray[Any]]:
    """Return ``info`` of N worlds, by their seasons and scenarios (N,): arrays (N,) of its own."""
    state = observation.state
    return {
        "station": state.station_m.copy(),
        "lateral_offset": state.lateral_offset_m.copy(),
        "heading_error": state.heading_error_rad.copy(),
        "curvature": state.curvature.copy(),
        "speed": state.speed_mps.copy(),
        "season": season.copy(),
        "end_reason": _REASONS[observation.end_reason],
        "is_success": observation.end_reason == SUCCESS,
        "scenario": scenario.copy(),
    }


def spectator(camera: CameraConfig) -> CameraConfig:
    """Return the same view with more pixels: some 640 across, and even numbers of them, as video codecs want."""
    times = max(1, 640 // camera.width)
    return replace(camera, width=times * camera.width // 2 * 2, height=times * camera.height // 2 * 2)


_REASONS: Final = np.array(END_REASONS)


def _state(observation: Observation) -> NDArray[np.float32]:
    columns = [np.clip(getattr(observation.state, name), -bound, bound) for name, bound in STATE_FIELDS]
    return np.stack(columns, axis=1).astype(np.float32)


def _picture(name: str) -> Callable[[Observation], NDArray[Any]]:
    """Copy pictures out: those of worlds that stand still are the simulator's next ones, too."""
    return lambda observation: np.array(getattr(observation, name))


def _depth(observation: Observation) -> NDArray[np.float32]:
    assert observation.depth is not None  # noqa: S101  (the task asked the simulator for it)
    return np.minimum(observation.depth, np.float32(FARTHEST_M))


_OBSERVERS: Final[dict[str, Callable[[Observation], Any]]] = {
    "camera": _picture("camera"),
    "segmentation": _picture("segmentation"),
    "depth": _depth,
    "speed": lambda observation: np.clip(observation.state.speed_mps, 0.0, 100.0).astype(np.float32)[:, None],
    "state": _state,
}
