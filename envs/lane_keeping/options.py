"""The keywords of both environments, each with its type and its default; ``LaneKeepingEnv`` says what they mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from gymnasium.vector import AutoresetMode

from wormdrive.envs.lane_keeping.conditions_source import ConditionsSource
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.disturbances import Disturbances

__all__ = ["LaneKeepingOptions", "SingleEnvOptions", "VectorEnvOptions", "takes_keywords_of"]

Keywords = ParamSpec("Keywords")
Options = TypeVar("Options")
Instance = TypeVar("Instance")


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


def takes_keywords_of(
    kind: Callable[Keywords, Options],
) -> Callable[[Callable[[Instance, Options], None]], Callable[Concatenate[Instance, Keywords], None]]:
    """Have a constructor take the fields of an options class as its keywords, for callers, editors and type checkers.

    A keyword that is none of them is a ``TypeError`` that names it and the constructor, as for any function.
    """

    def decorate(init: Callable[[Instance, Options], None]) -> Callable[Concatenate[Instance, Keywords], None]:
        @wraps(init)
        def init_from_keywords(self: Instance, /, *values: Keywords.args, **keywords: Keywords.kwargs) -> None:
            try:
                options = kind(*values, **keywords)
            except TypeError as error:
                raise TypeError(str(error).replace(f"{kind.__qualname__}.__init__", init.__qualname__)) from None
            init(self, options)

        instance = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        signature = inspect.Signature([instance, *inspect.signature(kind).parameters.values()], return_annotation=None)
        vars(init_from_keywords)["__signature__"] = signature  # what help() and interactive shells show
        return init_from_keywords

    return decorate
