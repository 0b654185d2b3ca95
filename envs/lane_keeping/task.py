"""The lane-keeping task: what the single and the vector environment have in common.

The options checked, spaces, where scenarios come from, and pure functions from observations to what Gymnasium shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole, one_of, require_seed
from wormdrive.envs.lane_keeping.options import LaneKeepingOptions
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.seasons.sampler import ConditionsSampler
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.observation import END_REASONS, Observation
from wormdrive.envs.simulation.scenario import Scenario

__all__ = [
    "ACTIONS",
    "OBSERVATIONS",
    "LaneKeepingTask",
    "lane_keeping_reward",
    "require_options",
    "spectator",
    "vehicle_infos",
]

ACTIONS: Final = ("steer", "steer_acceleration")
OBSERVATIONS: Final = ("camera", "segmentation", "depth", "speed", "state")
RENDER_MODES: Final = ("rgb_array", "human")
FARTHEST_M: Final = 1000.0
"""Depth is cut off here [m], as CARLA's far plane does."""
CRUISING_MPS: Final = 10.0
"""The speed whose progress is worth a reward of 1 a step [m/s]."""
STATE_FIELDS: Final = (
    ("lateral_offset_m", 50.0),
    ("heading_error_rad", float(np.float32(np.pi)) + 1e-6),
    ("curvature", 2.0),
    ("speed_mps", 100.0),
    ("yaw_rate_radps", 20.0),
    ("steer_angle_rad", 2.0),
)
"""What ``state`` observes, and the bounds of each."""


def lane_keeping_reward(
    progress_m: NDArray[np.float64], lateral_offset_m: NDArray[np.float64], dt_s: float
) -> NDArray[np.float64]:
    """Progress minus offset: 1 for a step along the lane's centre at 10 m/s, less 1 for each metre beside it.

    ``progress_m`` [m] along the route in this step of ``dt_s`` [s], ``lateral_offset_m`` [m] after it; any shape.
    """
    return np.asarray(progress_m / (CRUISING_MPS * dt_s) - np.abs(lateral_offset_m))


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
        if not is_whole(options.routes) or options.routes < 1:
            raise ArgumentError(f"routes={options.routes!r}: allowed is a positive whole number")
        if options.seed is not None:
            require_seed(options.seed)
        if not is_real(options.route_length) or not 20.0 <= options.route_length <= 20_000.0:
            raise ArgumentError(f"route_length={options.route_length!r}: allowed is 20 to 20000 [m]")
        if not is_whole(options.traffic) or not 0 <= options.traffic <= 8:
            raise ArgumentError(f"traffic={options.traffic!r}: allowed is 0 to 8")
        if options.time_limit is not None and (not is_real(options.time_limit) or not options.time_limit > 0.0):
            raise ArgumentError(f"time_limit={options.time_limit!r}: allowed is None or a positive number [s]")
        conditions = options.conditions
        if not (conditions is None or isinstance(conditions, Conditions | ConditionsSampler) or callable(conditions)):
            raise ArgumentError(
                f"conditions={conditions!r}: allowed are Conditions, a ConditionsSampler, or a function of a Generator"
            )
        self.maps = _several("map", options.map, None)
        seasons = _several("season", options.season, SEASONS)
        weathers = _several("weather", options.weather, WEATHERS)
        self._presets = [Conditions.preset(one, other) for one in seasons for other in weathers]
        self._conditions = conditions
        self.route_length_m = float(options.route_length)
        self.routes = options.routes
        self.seed = options.seed
        self.action = options.action
        self.traffic = options.traffic
        self.time_limit_s = options.time_limit
        self.disturbances = _disturbances(options.disturbances)
        self.render_mode = options.render_mode
        self.camera = _camera(options.camera)
        self.plain = isinstance(options.observation, str)
        self.shows = _several("observation", options.observation, OBSERVATIONS)

    @property
    def pictures(self) -> dict[str, Any]:
        """Arguments of a simulator that say what to draw."""
        segmentation, depth = "segmentation" in self.shows, "depth" in self.shows
        drawn = "camera" in self.shows or segmentation or depth
        return {"camera": self.camera if drawn else None, "segmentation": segmentation, "depth": depth}

    def action_space(self) -> spaces.Box:
        """Steer, or steer and acceleration, in [-1, 1]."""
        return spaces.Box(-1.0, 1.0, (1 if self.action == "steer" else 2,), np.float32)

    def observation_space(self) -> spaces.Space[Any]:
        """Space of what one world shows: a Box for a plain observation, otherwise a Dict of them."""
        size = (self.camera.height, self.camera.width)
        bounds = np.array([bound for _, bound in STATE_FIELDS], np.float32)
        known: dict[str, spaces.Space[Any]] = {
            "camera": spaces.Box(0, 255, (*size, 3), np.uint8),
            "segmentation": spaces.Box(0, 255, size, np.uint8),
            "depth": spaces.Box(0.0, FARTHEST_M, size, np.float32),
            "speed": spaces.Box(0.0, 100.0, (1,), np.float32),
            "state": spaces.Box(-bounds, bounds, dtype=np.float32),
        }
        if self.plain:
            return known[self.shows[0]]
        return spaces.Dict({name: known[name] for name in self.shows})

    def scenario(self, random: np.random.Generator) -> Scenario:
        """Draw the next episode's scenario."""
        conditions = self._conditions
        if conditions is None:
            conditions = self._presets[int(random.integers(len(self._presets)))]
        elif isinstance(conditions, ConditionsSampler):
            conditions = conditions.sample(int(random.integers(2**31)))
        elif not isinstance(conditions, Conditions):
            conditions = conditions(random)
        return Scenario(
            map=self.maps[int(random.integers(len(self.maps)))],
            conditions=conditions,
            route_seed=int(random.integers(self.routes)),
            route_length_m=self.route_length_m,
            seed=int(random.integers(2**31)),
            traffic=self.traffic,
            time_limit_s=self.time_limit_s,
            disturbances=self.disturbances,
        )

    def command(self, actions: NDArray[np.floating[Any]] | list[Any]) -> NDArray[np.float64]:
        """Commands (N, 2) from actions (N, 1) or (N, 2), cut off at -1 and 1.

        Where there is no acceleration, the cruise control has it.

        Raises
        ------
        ArgumentError
            If an action is NaN, infinite or no number, or the shape is another.
        """
        wide = 1 if self.action == "steer" else 2
        try:
            given = np.asarray(actions, np.float64)
        except (TypeError, ValueError):
            raise ArgumentError(f"action={actions!r}: allowed are {wide} numbers in [-1, 1]") from None
        if given.ndim != 2 or given.shape[1] != wide:
            raise ArgumentError(f"action: shape {given.shape[1:]}, allowed is {(wide,)}")
        if not np.isfinite(given).all():
            worst = given[~np.isfinite(given)][0]
            raise ArgumentError(f"action: {'NaN' if np.isnan(worst) else worst}, allowed are numbers in [-1, 1]")
        command = np.full((len(given), 2), np.nan)
        command[:, :wide] = np.clip(given, -1.0, 1.0)
        return command

    def observe(self, observation: Observation) -> Any:
        """Return what the policy sees of N worlds, arrays (N, ...), as ``observation_space`` has it."""
        found = {name: _OBSERVERS[name](observation) for name in self.shows}
        return found[self.shows[0]] if self.plain else found


def vehicle_infos(observation: Observation, season: NDArray[np.str_]) -> dict[str, NDArray[Any]]:
    """Return ``info`` of N worlds: arrays (N,)."""
    state = observation.state
    return {
        "station": state.station_m,
        "lateral_offset": state.lateral_offset_m,
        "heading_error": state.heading_error_rad,
        "curvature": state.curvature,
        "speed": state.speed_mps,
        "season": season.copy(),
        "end_reason": _REASONS[observation.end_reason],
    }


def require_options(options: Any) -> None:
    """Refuse options of ``reset`` that are no mapping.

    Raises
    ------
    ArgumentError
        Names them and what is allowed.
    """
    if options is not None and not isinstance(options, Mapping):
        raise ArgumentError(f"options={options!r}: allowed is None or a mapping")


def spectator(camera: CameraConfig) -> CameraConfig:
    """Return the same view with more pixels: some 640 across, and even numbers of them, as video codecs want."""
    times = max(1, 640 // camera.width)
    return replace(camera, width=times * camera.width // 2 * 2, height=times * camera.height // 2 * 2)


_REASONS: Final = np.array(END_REASONS)


def _state(observation: Observation) -> NDArray[np.float32]:
    columns = [np.clip(getattr(observation.state, name), -bound, bound) for name, bound in STATE_FIELDS]
    return np.stack(columns, axis=1).astype(np.float32)


def _depth(observation: Observation) -> NDArray[np.float32]:
    assert observation.depth is not None  # noqa: S101  (the task asked the simulator for it)
    return np.minimum(observation.depth, np.float32(FARTHEST_M))


_OBSERVERS: Final[dict[str, Callable[[Observation], Any]]] = {
    "camera": lambda observation: observation.camera,
    "segmentation": lambda observation: observation.segmentation,
    "depth": _depth,
    "speed": lambda observation: np.clip(observation.state.speed_mps, 0.0, 100.0).astype(np.float32)[:, None],
    "state": _state,
}


def _several(argument: str, value: str | Sequence[str], allowed: Sequence[str] | None) -> tuple[str, ...]:
    if not isinstance(value, Iterable):
        raise ArgumentError(one_of(argument, value, allowed or ("names of maps", "paths of .xodr files")))
    names = (value,) if isinstance(value, str) else tuple(value)
    if not names:
        raise ArgumentError(f"{argument}={value!r}: allowed is at least one")
    for name in names:
        if not isinstance(name, str) or (allowed is not None and name not in allowed):
            raise ArgumentError(one_of(argument, name, allowed or ("names of maps", "paths of .xodr files")))
    if len(set(names)) < len(names):
        raise ArgumentError(f"{argument}={value!r}: allowed is each once")
    return names


def _disturbances(disturbances: Disturbances | Mapping[str, Any] | None) -> Disturbances:
    if isinstance(disturbances, Disturbances):
        return disturbances
    if disturbances is None:
        return Disturbances()
    if not isinstance(disturbances, Mapping) or not all(isinstance(kind, str) for kind in disturbances):
        raise ArgumentError(f"disturbances={disturbances!r}: allowed are Disturbances, or a mapping by kind")
    return Disturbances(**disturbances)


def _camera(camera: CameraConfig | Mapping[str, Any] | None) -> CameraConfig:
    if isinstance(camera, CameraConfig):
        config = camera
    else:
        try:
            config = CameraConfig(**({} if camera is None else camera))
        except TypeError:
            raise ArgumentError(one_of("camera", camera, CameraConfig.__dataclass_fields__)) from None
    sizes = all(is_whole(size) and 8 <= size <= 8192 for size in (config.width, config.height))
    if not sizes or not is_real(config.fov_deg) or not 0.0 < config.fov_deg < 180.0:
        raise ArgumentError(f"camera={config!r}: allowed are 8 to 8192 pixels and a field of view in (0, 180) degrees")
    return config
