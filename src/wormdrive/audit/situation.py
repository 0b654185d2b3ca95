"""Situation: what a person who looks at a moment of a drive could name of it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.scenario_routes import route_of

__all__ = ["AGO_S", "AHEAD_S", "NAMES", "UNITS", "curvature_ahead", "situation_now", "situation_of"]

AHEAD_S: Final = 1.0
"""How far ahead a person looks to see what bend comes [s]."""

AGO_S: Final = 0.5
"""How far back a person remembers [s]."""

_NOW: Final = ("offset", "heading error", "curvature", "curvature ahead", "speed", "yaw rate")

NAMES: Final = (*_NOW, *(f"{name} before" for name in _NOW))
"""Columns of a situation; ``before`` is ``AGO_S`` ago, at the start of a drive its first moment."""

UNITS: Final = dict(zip(NAMES, ("m", "rad", "1/m", "1/m", "m/s", "rad/s") * 2, strict=True))
"""Offset is left of the lane's centre, angles are counter-clockwise, curvature is the lane's, positive to the left."""


def situation_of(episode: Episode) -> NDArray[np.float64]:
    """Return (T, 12) float64, columns ``NAMES``, one row a frame of an episode of the embedded simulator.

    Raises
    ------
    MapError, RouteError
        The episode's route cannot be found again.
    """
    now = situation_now(episode.state, curvature_ahead(route_of(episode.scenario), episode.state))
    before = np.maximum(np.arange(len(now)) - round(AGO_S / episode.dt_s), 0)
    return np.concatenate([now, now[before]], axis=1)


def situation_now(state: VehicleState, ahead: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the first half of a situation, what is so at this moment: (M, 6) of M vehicles.

    ``ahead`` (M,) is what ``curvature_ahead`` says of each.
    """
    columns = (
        state.lateral_offset_m,
        state.heading_error_rad,
        state.curvature,
        ahead,
        state.speed_mps,
        state.yaw_rate_radps,
    )
    return np.stack(columns, axis=1)


def curvature_ahead(route: Route, state: VehicleState) -> NDArray[np.float64]:
    """Return the curvature [1/m] of a route where each of M vehicles will be in ``AHEAD_S``: (M,)."""
    ahead = (state.station_m + AHEAD_S * state.speed_mps) / route.spacing_m
    index = np.clip(np.rint(ahead).astype(np.int64), 0, len(route.curvature) - 1)
    return np.asarray(route.curvature[index], np.float64)
