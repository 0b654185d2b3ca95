"""Domain randomisation: variants of a season's conditions to train in, and pushes on the steering to recover from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.names import SeasonName, WeatherName
from wormdrive.envs.seasons.sampler import ConditionsSampler

__all__ = ["draw_conditions", "steering_disturbance"]

_SOONEST_S, _LATEST_S = 1.0, 3.5
_SHORTEST_S, _LONGEST_S = 0.3, 1.2
_DEVIATION = 0.045


def draw_conditions(season: SeasonName, weathers: Sequence[WeatherName], rng: np.random.Generator) -> Conditions:
    """Draw one of the weathers, then light, sky, scenery, wear and lens around its preset.

    Summer days vary as widely as the sampler ``summer-variants``, everything else like ``all-weathers``.
    """
    weather = weathers[int(rng.integers(len(weathers)))]
    return _sampler(season, weather).sample(int(rng.integers(2**31)))


def steering_disturbance(steps: int, dt_s: float, strength: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Curvature (steps,) [1/m] to add to what a driver steers.

    A push lasts 0.3 to 1.2 s, 1 to 3.5 s after the one before; its curvature is normal with a deviation of
    ``strength`` x 0.045 /m. The first one comes within the first second.
    """
    added = np.zeros(steps)
    at_s = rng.uniform(0.0, 1.0)
    while at_s < steps * dt_s:
        lasts_s = rng.uniform(_SHORTEST_S, _LONGEST_S)
        added[round(at_s / dt_s) : round((at_s + lasts_s) / dt_s)] = rng.normal(0.0, _DEVIATION)
        at_s += lasts_s + rng.uniform(_SOONEST_S, _LATEST_S)
    return strength * added


@cache
def _sampler(season: SeasonName, weather: WeatherName) -> ConditionsSampler:
    if (season, weather) == ("summer", "day"):
        return ConditionsSampler.named("summer-variants")
    loosened = ConditionsSampler.named("all-weathers")
    return ConditionsSampler(seasons=(season,), weathers=(weather,), ranges=loosened.ranges, jitter=loosened.jitter)
