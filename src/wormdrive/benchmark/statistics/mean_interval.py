"""Mean interval: the mean over trainings and tasks with its interval, where there are trainings enough for one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.statistics.aggregates import mean
from wormdrive.benchmark.statistics.bootstrap import RESAMPLES, bootstrap
from wormdrive.benchmark.statistics.interval import Interval

__all__ = ["mean_interval"]


def mean_interval(
    name: str,
    scores: NDArray[np.floating],
    *,
    resamples: int = RESAMPLES,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """Return the mean of scores (S, R), S trainings on R tasks, and its 95 % interval by ``bootstrap``.

    Ends are NaN where there is one training: it says nothing about other ones. With one task, interval and spread are
    those among the trainings alone.
    """
    if len(scores) < 2:
        return Interval(float(scores.mean()), math.nan, math.nan, 0.95)
    return bootstrap({name: scores}, mean, resamples=resamples, bounds=bounds).interval()
