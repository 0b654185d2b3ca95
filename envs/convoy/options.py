"""The keywords of the convoy environment, each with its type and its default; ``ConvoyEnv`` says what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wormdrive.envs.common.errors import ArgumentError, is_real
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import ACTION_REPEAT
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES, PROFILES
from wormdrive.envs.lane_keeping.conditions_source import ConditionsSource
from wormdrive.envs.lane_keeping.options import LaneKeepingOptions
from wormdrive.envs.lane_keeping.scenario_source import ScenarioSource, several
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Disturbances

__all__ = ["ConvoyOptions", "ConvoySource"]


@dataclass(frozen=True, kw_only=True)
class ConvoyOptions:
    """Not checked; see ``ConvoyEnv`` and ``ConvoySource``."""

    cars: int = 4
    profile: str | Sequence[str] = EVERYDAY_PROFILES
    map: str | Sequence[str] = "country_loop"
    season: str | Sequence[str] = "summer"
    weather: str | Sequence[str] = "day"
    conditions: ConditionsSource | Mapping[str, Any] | str | Path | None = None
    duration: float = 40.0
    routes: int = 256
    seed: int | None = None
    observation: str | Sequence[str] = "camera"
    camera: CameraConfig | Mapping[str, Any] | None = None
    disturbances: Disturbances | Mapping[str, Any] | None = None
    action_repeat: int = ACTION_REPEAT
    threads: int = 1
    render_mode: str | None = None


class ConvoySource:
    """Draws convoy scenarios; the same generator in the same state gives the same ones.

    Raises
    ------
    ArgumentError, ConditionsError
        If an option that scenarios are drawn by is not allowed.
    """

    def __init__(self, options: ConvoyOptions) -> None:
        duration = options.duration
        if not is_real(duration) or not 1.0 <= duration <= 600.0:
            raise ArgumentError(f"duration={duration!r}: allowed is 1 to 600 [s]")
        self._profiles = several("profile", options.profile, PROFILES)
        self._roads = ScenarioSource.of(
            LaneKeepingOptions(
                map=options.map,
                season=options.season,
                weather=options.weather,
                conditions=options.conditions,
                route_length=route_length_m(float(duration), options.cars),
                routes=options.routes,
                time_limit=float(duration),
                disturbances=options.disturbances,
            )
        )

    def draw(self, random: np.random.Generator) -> ConvoyScenario:
        """Draw the next drive's scenario."""
        road = self._roads.draw(random)
        return ConvoyScenario(road=road, profile=self._profiles[int(random.integers(len(self._profiles)))])
