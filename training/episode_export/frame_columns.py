"""Frame columns: a drive as a table with a row for each frame."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.observation import VehicleState

__all__ = ["Columns", "frame_columns"]

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
    for part, numbers in scenario.conditions.model_dump().items():
        constant |= {f"{part}_{name}": value for name, value in numbers.items()}
    return columns | {name: np.full(steps, value) for name, value in constant.items()}
