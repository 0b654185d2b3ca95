"""Options: what the environments take, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_real, is_whole, one_of, require_seed
from wormdrive.envs.find_target.scenario import FlightScenario, ScenarioRanges
from wormdrive.envs.find_target.targets import COLOURS, TARGETS
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import END_REASONS, FlightObservation
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.disturbances import Disturbances

__all__ = [
    "FindTargetOptions",
    "FindTargetVectorOptions",
    "flight_infos",
    "paid",
    "parse_actions",
    "terminated",
    "truncated",
]

OBSERVATIONS: Final = ("camera", "segmentation")
FOUND_PAYS: Final = 10.0
_FOUND, _COLLISION, _LOST, _TIME_LIMIT = range(1, len(END_REASONS))


@dataclass(kw_only=True, eq=False)
class FindTargetOptions:
    """Options of ``FindTargetEnv``; see there.

    Raises
    ------
    ArgumentError, ConditionsError
        If one is not allowed.
    """

    map: str | Sequence[str] = "country_loop"
    sites: int = 12
    season: str | Sequence[str] = "summer"
    weather: str | Sequence[str] = "day"
    conditions: Conditions | None = None
    art_seed: int = 0
    target: str | Sequence[str] = tuple(TARGETS)
    colour: str | Sequence[str] = ("red", "blue", "yellow")
    distance: tuple[float, float] = (10.0, 40.0)
    target_speed: float = 0.0
    occluders: int = 0
    time_limit: float = 30.0
    disturbances: Disturbances | Mapping[str, Any] | None = None
    observation: str = "camera"
    width: int = 144
    height: int = 96
    seed: int | None = None
    threads: int = 1
    render_mode: str | None = None

    def __post_init__(self) -> None:
        if self.observation not in OBSERVATIONS:
            raise ArgumentError(one_of("observation", self.observation, OBSERVATIONS))
        if self.render_mode not in (None, "rgb_array"):
            raise ArgumentError(one_of("render_mode", self.render_mode, (None, "rgb_array")))
        seasons, weathers = _names("season", self.season, SEASONS), _names("weather", self.weather, WEATHERS)
        presets = tuple(Conditions.preset(one, other) for one in seasons for other in weathers)
        if self.conditions is not None and not isinstance(self.conditions, Conditions):
            raise ArgumentError(f"conditions={self.conditions!r}: allowed are None and Conditions")
        self.ranges = ScenarioRanges(
            maps=_names("map", self.map, None),
            sites=self.sites,
            conditions=presets if self.conditions is None else (self.conditions,),
            art_seed=self.art_seed,
            targets=_names("target", self.target, TARGETS),
            colours=_names("colour", self.colour, COLOURS),
            distance_m=_pair("distance", self.distance),
            target_speed_mps=self.target_speed,
            occluders=self.occluders,
            time_limit_s=self.time_limit,
            disturbances=Disturbances.given(self.disturbances),
        )
        self.size = self.width, self.height
        self.camera = WoodCamera(self.width, self.height, threads=self.threads)
        self.seed = None if self.seed is None else require_seed(self.seed)

    def observation_space(self) -> spaces.Box:
        """Return the space of one environment's observation."""
        width, height = self.size
        if self.observation == "segmentation":
            return spaces.Box(0, 255, (height, width), np.uint8)
        return spaces.Box(0, 255, (height, width, 3), np.uint8)

    def action_space(self) -> spaces.Box:
        """Return the space of one environment's action."""
        return spaces.Box(-1.0, 1.0, (4,), np.float32)

    def spectator(self) -> WoodCamera:
        """Return a camera for ``render``: the same view, larger."""
        return WoodCamera(480, 320, threads=self.threads)

    def shown(self, seen: FlightObservation) -> NDArray[np.uint8]:
        """Return what is observed."""
        if self.observation == "segmentation":
            assert seen.segmentation is not None  # noqa: S101  (drawn if it is observed)
            return seen.segmentation
        return seen.camera


@dataclass(eq=False)
class FindTargetVectorOptions(FindTargetOptions):
    """Options of ``FindTargetVectorEnv``; see there.

    Raises
    ------
    ArgumentError, ConditionsError
        If one is not allowed.
    """

    num_envs: int = 1

    def __post_init__(self) -> None:
        if not is_whole(self.num_envs) or self.num_envs < 1:
            raise ArgumentError(f"num_envs={self.num_envs!r}: allowed is a positive whole number")
        super().__post_init__()


def parse_actions(actions: Any, count: int) -> NDArray[np.float64]:
    """Return actions as (N, 4), cut off at -1 and 1.

    Raises
    ------
    ArgumentError
        They have another shape, or one is NaN, infinite or no number.
    """
    try:
        found = np.asarray(actions, np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"action={actions!r}: allowed are numbers") from error
    if found.shape != (count, 4):
        raise ArgumentError(f"action: shape {found.shape}: allowed is {(count, 4)}")
    if not np.isfinite(found).all():
        raise ArgumentError(f"action={actions!r}: allowed are finite numbers")
    return np.clip(found, -1.0, 1.0)


def paid(before_m: NDArray[np.float64], seen: FlightObservation) -> NDArray[np.float64]:
    """Return the reward (N,) of a step: metres come nearer, and 10 more or less at the end."""
    end = np.zeros(len(before_m))
    end[seen.end_reason == _FOUND] = FOUND_PAYS
    end[(seen.end_reason == _COLLISION) | (seen.end_reason == _LOST)] = -FOUND_PAYS
    return before_m - seen.distance_m + end


def flight_infos(seen: FlightObservation, scenarios: Sequence[FlightScenario | None]) -> dict[str, NDArray[Any]]:
    """Return ``info``, arrays (N,) that are the caller's."""
    seasons = ["" if one is None else one.conditions.season.name for one in scenarios]
    given = np.full(len(scenarios), None, object)
    given[:] = scenarios
    return {
        "distance": seen.distance_m.copy(),
        "visible": seen.visible.copy(),
        "season": np.array(seasons),
        "end_reason": np.array([END_REASONS[reason] for reason in seen.end_reason]),
        "is_success": seen.end_reason == _FOUND,
        "scenario": given,
    }


def terminated(seen: FlightObservation) -> NDArray[np.bool_]:
    """Return which flights are over, (N,)."""
    over: NDArray[np.bool_] = (seen.end_reason != 0) & (seen.end_reason != _TIME_LIMIT)
    return over


def truncated(seen: FlightObservation) -> NDArray[np.bool_]:
    """Return which flights have no time left, (N,)."""
    late: NDArray[np.bool_] = seen.end_reason == _TIME_LIMIT
    return late


def _names(argument: str, value: Any, allowed: Iterable[str] | None) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else ()
    if not names or not all(isinstance(name, str) and (allowed is None or name in allowed) for name in names):
        raise ArgumentError(one_of(argument, value, ("names of maps",) if allowed is None else allowed))
    return names


def _pair(argument: str, value: Any) -> tuple[float, float]:
    pair = tuple(value) if isinstance(value, Iterable) else (value, value)
    if len(pair) != 2 or not all(is_real(number) for number in pair):
        raise ArgumentError(f"{argument}={value!r}: allowed is a least and a most number")
    return float(pair[0]), float(pair[1])
