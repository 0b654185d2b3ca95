"""Turning: the positive control. Who looks at the target turns the other way when it lies on the other side.

At moments of flights the camera is turned such that the target lies aside, and as far on the other side; and with the
camera as on the second picture the target alone is put back on the first side: these two differ in nothing else. The
target is as far away in all three. A picture is held for as long as a run-up, since networks remember.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import SEASONS, Conditions
from wormdrive.find_target.audit.answers import YAW, actions_held
from wormdrive.find_target.audit.parts import on_target
from wormdrive.find_target.audit.stage import RUN_UP, Stage
from wormdrive.find_target.policy import FlightPolicy

__all__ = ["Turning", "answer_to_sides", "measure_turning"]

_AWAY_RAD: Final = (0.15, 0.5)
_LEAST_PIXELS: Final = 8
"""Of the target, for a picture to count."""

_RESAMPLES: Final = 500

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Turning:
    """What happens to the yaw rate in one season when the target changes sides.

    Attributes
    ----------
    moments:
        How many were looked at: those at which the target shows in all pictures.
    camera_both_ways, target_both_ways:
        Share of the moments at which it turns to the target's side on both pictures, when the camera is turned and
        when the target alone is moved.
    camera_change, target_change:
        By how much the yaw rate changes for each radian that the target is moved to the left [1/s], each with its 95 %
        interval over flights: above 0 of who looks at it, 0 of who does not.
    """

    moments: int
    camera_both_ways: float
    target_both_ways: float
    camera_change: tuple[float, float, float]
    target_change: tuple[float, float, float]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def measure_turning(
    stage: Stage,
    policies: Mapping[str, FlightPolicy],
    *,
    moments: int = 48,
    seed: int = 0,
    watch: Callable[[int], None] | None = None,
) -> dict[str, dict[str, Turning]]:
    """Put the target on the other side at moments drawn from all flights; return by model, then by season.

    A season in which it shows at none of them is left out. Everybody is shown the same pictures.
    """
    rng = np.random.default_rng([seed, 0x70B4])
    which = rng.integers(len(stage.flights), size=moments)
    frame = [int(rng.integers(RUN_UP, len(stage.flights[n]))) for n in which]
    away = rng.uniform(*_AWAY_RAD, moments) * rng.choice((-1.0, 1.0), moments)
    found: dict[str, dict[str, Turning]] = {name: {} for name in policies}
    for done, season in enumerate(SEASONS, 1):
        conditions = Conditions.preset(season, "day")
        pictures, kept = [], []
        for k in np.argsort(which, kind="stable").tolist():
            one, other = float(away[k]), -float(away[k])
            three = [
                stage.aside(int(which[k]), frame[k], camera, target, conditions)
                for camera, target in ((one, one), (other, other), (other, one))
            ]
            if min(int(on_target(labels).sum()) for _, labels in three) >= _LEAST_PIXELS:
                kept.append(k)
                pictures += [picture for picture, _ in three]
        for name, policy in policies.items() if kept else ():
            yaw = actions_held(policy, np.stack(pictures), RUN_UP + 1)[:, YAW].reshape(-1, 3)
            found[name][season] = answer_to_sides(yaw, away[kept], which[kept], seed)
        if watch is not None:
            watch(done)
    return found


def answer_to_sides(yaw: Numbers, away: Numbers, flights: NDArray[np.integer], seed: int = 0) -> Turning:
    """Return what the yaw rates (M, 3) of M moments say: target at ``away`` (M,), at its mirror, and moved back.

    ``flights`` (M,) numbers each moment's flight: the intervals are over flights.
    """
    side = np.sign(away)[:, None]
    to_side = yaw * side * (1.0, -1.0, 1.0) > 0.0
    change = [(yaw[:, k] - yaw[:, 1]) * np.sign(away) / (2.0 * np.abs(away)) for k in (0, 2)]
    rng = np.random.default_rng([seed, 0xC1])
    groups = [np.flatnonzero(flights == n) for n in np.unique(flights)]
    drawn = [
        np.concatenate([groups[n] for n in rng.integers(len(groups), size=len(groups))]) for _ in range(_RESAMPLES)
    ]
    ends = [np.quantile([of[index].mean() for index in drawn], (0.025, 0.975)).tolist() for of in change]
    camera, target = ((float(of.mean()), low, high) for of, (low, high) in zip(change, ends, strict=True))
    return Turning(
        len(yaw),
        float(np.mean(to_side[:, 0] & to_side[:, 1])),
        float(np.mean(to_side[:, 2] & to_side[:, 1])),
        camera,
        target,
    )
