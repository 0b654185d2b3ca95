"""The keywords of both environments, each with its type and its default; ``LaneKeepingEnv`` says what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gymnasium.vector import AutoresetMode

from wormdrive.envs.lane_keeping.conditions_source import ConditionsSource
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Disturbances

__all__ = ["LaneKeepingOptions", "SingleEnvOptions", "VectorEnvOptions"]


@dataclass(frozen=True, kw_only=True)
class LaneKeepingOptions:
    """What the single and the vector environment have in common; not checked, see ``LaneKeepingTask``."""

    map: str | Sequence[str] = "country_loop"
    season: str | Sequence[str] = "summer"
    weather: str | Sequence[str] = "day"
    conditions: ConditionsSource | Mapping[str, Any] | str | Path | None = None
    route_length: float = 400.0
    routes: int = 256
    seed: int | None = None
    observation: str | Sequence[str] = "camera"
    channel_axis: bool = False
    action: str = "steer"
    reward: Mapping[str, float] | None = None
    target_speed: float = 10.0
    camera: CameraConfig | Mapping[str, Any] | None = None
    traffic: int = 0
    time_limit: float | None = None
    departure: str = "centre"
    disturbances: Disturbances | Mapping[str, Any] | None = None
    threads: int = 1
    simulator: str = "embedded"
    host: str = "localhost"
    timeout: float = 20.0
    render_mode: str | None = None


@dataclass(frozen=True, kw_only=True)
class SingleEnvOptions(LaneKeepingOptions):
    """Keywords of ``LaneKeepingEnv``."""

    port: int = 2000


@dataclass(frozen=True, kw_only=True)
class VectorEnvOptions(LaneKeepingOptions):
    """Keywords of ``LaneKeepingVectorEnv``; ``num_envs`` may stand first without its name."""

    num_envs: int = field(default=1, kw_only=False)
    port: int | Sequence[int] = 2000
    autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP
    max_episode_steps: int | None = None
