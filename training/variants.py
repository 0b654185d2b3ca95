"""Variants of a season's conditions to train in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.names import SeasonName, WeatherName
from wormdrive.envs.seasons.sampler import ConditionsSampler

__all__ = ["draw_conditions"]


def draw_conditions(season: SeasonName, weathers: Sequence[WeatherName], rng: np.random.Generator) -> Conditions:
    """Draw one of the weathers, then light, sky, scenery, wear and lens around its preset.

    Summer days vary as widely as the sampler ``summer-variants``, everything else like ``all-weathers``.
    """
    weather = weathers[int(rng.integers(len(weathers)))]
    return _sampler(season, weather).sample(int(rng.integers(2**31)))


@cache
def _sampler(season: SeasonName, weather: WeatherName) -> ConditionsSampler:
    if (season, weather) == ("summer", "day"):
        return ConditionsSampler.named("summer-variants")
    loosened = ConditionsSampler.named("all-weathers")
    return ConditionsSampler(seasons=(season,), weathers=(weather,), ranges=loosened.ranges, jitter=loosened.jitter)
