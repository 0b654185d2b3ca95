"""Intervals: what counts leave possible for the rate behind them."""

from __future__ import annotations

import math
from collections.abc import Callable

__all__ = ["poisson_interval", "wilson_interval"]


def wilson_interval(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's score interval of a rate; with the default ``z``, 95 %.

    Unlike the normal approximation it says something true at 0 and 100 %: ten successes of ten leave 0.722 to 1.
    Source: Wilson, J. Am. Stat. Assoc. 22 (1927) 209.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(10, 10)]
    [0.722, 1.0]
    """
    if trials == 0:
        return 0.0, 1.0
    rate = successes / trials
    scale = 1.0 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / scale
    half = z * math.sqrt(rate * (1.0 - rate) / trials + z * z / (4 * trials * trials)) / scale
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of the mean of a Poisson variable of which ``count`` was seen: each end leaves half of the rest.

    Source: Garwood, Biometrika 28 (1936) 437. Divided by what was driven it is an interval of a rate of events.

    Examples
    --------
    >>> [round(end, 3) for end in poisson_interval(0)]
    [0.0, 3.689]
    """
    tail = 0.5 * (1.0 - confidence)
    low = 0.0 if count == 0 else _root(lambda mean: 1.0 - _at_most(count - 1, mean) - tail, count)
    return low, _root(lambda mean: tail - _at_most(count, mean), count)


def _at_most(count: int, mean: float) -> float:
    """Probability that a Poisson variable of some mean is at most ``count``."""
    logarithm = math.log(mean)
    return math.fsum(math.exp(k * logarithm - mean - math.lgamma(k + 1.0)) for k in range(count + 1))


def _root(rising: Callable[[float], float], count: int) -> float:
    """Where a rising function of the mean is zero; a mean beyond these bounds hardly ever gives such a count."""
    low, high = 1e-12, count + 20.0 + 10.0 * math.sqrt(count)
    for _ in range(200):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
