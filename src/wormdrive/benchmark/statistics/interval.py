"""Interval: an estimate and how far from it the truth may be; and what a small number of units asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from wormdrive.benchmark.statistics.jackknife import Sources
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Band", "Interval", "require_level", "small_sample_stretch"]


@dataclass(frozen=True)
class Interval:
    """An estimate between two ends: of many such intervals, a share of ``level`` holds what is estimated.

    What is estimated is the value over all the units (trainings, routes) from which those at hand are a sample. Where
    no unit differs from another, both ends lie on the estimate: then the interval says nothing, not that all is sure.
    """

    estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, eq=False)
class Band:
    """Several estimates at once, each with its own interval (pointwise): three arrays of one shape."""

    estimate: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: float

    def interval(self, index: tuple[int, ...] = ()) -> Interval:
        """Return one of them; of a single estimate, that."""
        return Interval(float(self.estimate[index]), float(self.low[index]), float(self.high[index]), self.level)


def require_level(level: float) -> None:
    """Refuse what is no level of confidence.

    Raises
    ------
    ArgumentError
        Names it and what is allowed.
    """
    if not 0.0 < level < 1.0:
        raise ArgumentError(f"level={level!r}: allowed is a number between 0 and 1, such as 0.95")


def small_sample_stretch(
    sources: Sources, counts: tuple[int, ...], route_count: int, level: float
) -> NDArray[np.float64]:
    """Return by how much a percentile interval of crossed resampling is too short (above 1), or too long (below).

    Three faults are made good. Drawing n of n units spreads by (n - 1) / n of their variance. What belongs to single
    drives alone comes in thrice, with the trainings, with the routes and where both cross. And quantiles of the
    bootstrap are like those of the normal distribution, though the spread was estimated from few units: Student's are
    due, with Satterthwaite's degrees of freedom. Where trainings alone differ, the interval of a mean becomes Student's
    own: with five trainings 1.58 times as long, with three 2.69.

    Sources: Hesterberg, Am. Stat. 69 (2015) 371, on the first and the last; Owen, Ann. Appl. Stat. 1 (2007) 386, on the
    second; Satterthwaite, Biometrics Bull. 2 (1946) 110.

    Parameters
    ----------
    sources:
        Where the estimate's variance comes from, for each of K tables.
    counts, route_count:
        How many trainings each table has, and how many routes there are.
    level:
        Level of confidence.

    Returns
    -------
    stretch:
        (...) factors. Where nothing varies, that for trainings alone, of the table with the fewest.
    """
    routes = sources.routes
    count = np.array(counts, np.float64).reshape(-1, *(1,) * routes.ndim)
    nothing = sources.trainings.sum(axis=0) + routes <= 0.0
    trainings = np.where(nothing, count == count.min(), sources.trainings)
    # single drives are a part of both: no estimate of theirs may exceed either
    crossings = np.minimum(sources.crossings, np.minimum(trainings, routes))
    among = trainings.sum(axis=0)
    total = np.maximum(among + routes - crossings.sum(axis=0), np.maximum(among, routes))
    kept, kept_routes = (count - 1.0) / count, (route_count - 1.0) / route_count
    drawn = (trainings * kept + crossings * kept * kept_routes).sum(axis=0) + routes * kept_routes
    doubt = (trainings**2 / (count - 1.0)).sum(axis=0) + routes**2 / max(route_count - 1.0, 1.0)
    tail = (1.0 + level) / 2.0
    return np.asarray(np.sqrt(total / drawn) * stdtrit(total**2 / doubt, tail) / ndtri(tail), np.float64)
