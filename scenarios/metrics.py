"""Measures of a drive: pure functions of numbers and trajectories."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["departures_per_km", "max_abs", "mean_abs", "rms_rate", "wilson_interval"]

Array = NDArray[np.floating]


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
    half = z * sqrt(rate * (1.0 - rate) / trials + z * z / (4 * trials * trials)) / scale
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == trials else min(1.0, centre + half)
    return low, high


def departures_per_km(departures: int, distance_m: float) -> float:
    """Lane departures per kilometre driven; less than a metre counts as a metre, so that the rate stays finite.

    What counts as a departure is the car's centre beyond its lane, not a wheel: see ``drive.SUCCESS``.
    """
    return departures / (max(distance_m, 1.0) / 1000.0)


def mean_abs(values: Array) -> float:
    """Mean of |values|, each sample alike."""
    return float(np.abs(values).mean()) if values.size else 0.0


def max_abs(values: Array) -> float:
    """Largest |value|."""
    return float(np.abs(values).max()) if values.size else 0.0


def rms_rate(values: Array, dt_s: float) -> float:
    """Root mean square of the rate of change [unit of values / s] of a (T,) series sampled every ``dt_s``.

    Of the front wheels' angle [rad] this is our measure of steering smoothness [rad/s]: 0 is a fixed wheel, and lower
    is smoother.
    """
    if values.size < 2:
        return 0.0
    rates = np.diff(values.astype(np.float64)) / dt_s
    return float(np.sqrt(np.mean(rates * rates)))
