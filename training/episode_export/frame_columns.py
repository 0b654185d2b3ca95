"""Frame columns: a drive or a flight as a table with a row for each frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.find_target.dynamics import ACTION_NAMES, DT_S
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.observation import VehicleState

__all__ = ["Columns", "flight_columns", "frame_columns"]

Columns = dict[str, NDArray[Any]]


def frame_columns(episode: Episode, index: int) -> Columns:
    """Return the columns (T,) of an episode of T frames, number ``index`` of several.

    ``episode``, ``frame``, ``time_s``; the fields of ``VehicleState``; ``steer`` and ``acceleration`` as commanded,
    NaN where the cruise control kept the speed; ``target_curvature`` [1/m], ``intervention``; then, the same in every
    row, ``map``, seeds, traffic, ``simulator`` and each number of the conditions, such as ``weather_fog_density``.
    """
    steps = len(episode)
    frame = np.arange(steps)
    scenario = episode.scenario
    columns: Columns = {
        "episode": np.full(steps, index),
        "frame": frame,
        "time_s": (episode.first_step + frame) * episode.dt_s,
        **{field.name: getattr(episode.state, field.name) for field in fields(VehicleState)},
        "steer": episode.command[:, 0],
        "acceleration": episode.command[:, 1],
        "target_curvature": episode.target_curvature,
        "intervention": episode.intervention,
    }
    constant: dict[str, Any] = {
        "map": scenario.map,
        "route_seed": scenario.route_seed,
        "seed": scenario.seed,
        "traffic": scenario.traffic,
        "simulator": episode.simulator,
    }
    return columns | _repeated(constant, scenario.conditions, steps)


def flight_columns(episode: FlightEpisode, index: int) -> Columns:
    """Return the columns (T,) of a flight of T frames, number ``index`` of several.

    ``episode``, ``frame``, ``time_s``; position, heading, rates and the target as seen from the camera; what the pilot
    did, such as ``forward``, and what the expert would have done, such as ``expert_forward``; ``counts``; then, the
    same in every row, how it ended, the scenario's numbers and each number of the conditions.
    """
    steps = len(episode)
    frame = np.arange(steps)
    scenario = episode.scenario
    rates = ("forward_mps", "lateral_mps", "climb_mps", "yaw_rate_radps")
    columns: Columns = {
        "episode": np.full(steps, index),
        "frame": frame,
        "time_s": frame * DT_S,
        **_split(("x_m", "y_m", "z_m"), episode.position),
        "heading_rad": episode.heading,
        **_split(rates, episode.rates),
        **_split(("target_ahead_m", "target_left_m", "target_up_m"), episode.target),
        "to_target_m": episode.to_target_m,
        "visible_pixels": episode.visible,
        **_split(ACTION_NAMES, episode.action),
        **_split([f"expert_{name}" for name in ACTION_NAMES], episode.expert),
        "counts": episode.counts,
    }
    constant: dict[str, Any] = {
        "end_reason": episode.ended,
        **{name: getattr(scenario, name) for name in ("map", "site", "seed", "art_seed", "target", "colour")},
        **{name: getattr(scenario, name) for name in ("distance_m", "target_speed_mps", "occluders")},
    }
    return columns | _repeated(constant, scenario.conditions, steps)


def _split(names: Iterable[str], array: NDArray[Any]) -> Columns:
    return dict(zip(names, array.T, strict=True))


def _repeated(constant: dict[str, Any], conditions: Conditions, steps: int) -> Columns:
    """Return what is the same in every row, each number of the conditions included."""
    for part, numbers in conditions.model_dump().items():
        constant |= {f"{part}_{name}": value for name, value in numbers.items()}
    return {name: np.full(steps, value) for name, value in constant.items()}
