"""Expert: flies to the target by knowing where it and the trunks are."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.find_target.dynamics import TOP_RATES
from wormdrive.envs.find_target.wood import TRUNK_M
from wormdrive.envs.find_target.worlds import BODY_M, FlightObservation, FlightWorlds

__all__ = ["expert_actions"]

_TOP_SPEED_MPS: Final = 2.4
_PER_M: Final = 0.8  # speed for each metre that is left
_CREEP_MPS: Final = 0.5
_YAW_PER_RAD: Final = 2.0
_CLIMB_PER_M: Final = 0.8
_ABOVE_TARGET_M: Final = 2.2  # near it; and a little higher from afar, to see over bushes
_HIGHER_PER_M: Final = 0.05
_LOOK_M: Final = 9.0
_MARGIN_M: Final = 0.9
_ASIDE_MPS: Final = 1.5


def expert_actions(worlds: FlightWorlds, seen: FlightObservation) -> NDArray[np.float64]:
    """Return what an expert would do, (N, 4) in [-1, 1]; see ``FindTargetEnv`` for what that means.

    It turns to the target, slows down before it and steps aside of the trunk that is nearest in its way.
    """
    actions = np.zeros((worlds.count, 4))
    for n in range(worlds.count):
        ahead, left, up = seen.target[n]
        bearing = np.arctan2(left, ahead)
        level = float(np.hypot(ahead, left))
        speed = min(_TOP_SPEED_MPS, _CREEP_MPS + _PER_M * max(seen.distance_m[n] - 1.5, 0.0))
        aside = _sidestep(worlds, n, bearing, level)
        speed *= 1.0 - 0.6 * abs(aside)
        wanted_up = _ABOVE_TARGET_M + _HIGHER_PER_M * level
        climb = _CLIMB_PER_M * (wanted_up - (-up + 0.6))  # the target's middle is about 0.6 m above ground
        velocity = np.array([
            speed * np.cos(bearing), speed * np.sin(bearing) + aside * _ASIDE_MPS, climb, _YAW_PER_RAD * bearing
        ])  # fmt: skip
        actions[n] = np.clip(velocity / TOP_RATES, -1.0, 1.0)
    return actions


def _sidestep(worlds: FlightWorlds, n: int, bearing: float, level: float) -> float:
    """Return how much to step aside, -1 (right) to 1 (left), of the nearest trunk before the target."""
    x, y, _ = worlds.flight.position[n]
    way = worlds.flight.heading[n] + bearing
    trunks = worlds.trunks(n)
    if not len(trunks):
        return 0.0
    dx, dy = trunks[:, 0] - x, trunks[:, 1] - y
    along, across = dx * np.cos(way) + dy * np.sin(way), dy * np.cos(way) - dx * np.sin(way)
    needed = TRUNK_M + BODY_M + _MARGIN_M
    before = (along > -0.3) & (along < min(_LOOK_M, level)) & (np.abs(across) < needed)
    if not before.any():
        return 0.0
    nearest = int(np.flatnonzero(before)[np.argmin(along[before])])
    closeness = 1.0 - max(float(along[nearest]), 0.0) / _LOOK_M
    depth = 1.0 - abs(float(across[nearest])) / needed
    return float(np.clip(-np.sign(across[nearest]) * (0.4 + closeness) * (0.3 + depth), -1.0, 1.0))
