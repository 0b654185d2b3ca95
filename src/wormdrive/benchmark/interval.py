"""Interval: an estimate and how far from it the truth may be; and what a small number of units asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

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
    variances: NDArray[np.float64], units: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Return by how much a percentile interval of the bootstrap is too short, where units are few.

    Two faults are made good. Drawing ``n`` of ``n`` units spreads by (n - 1) / n of their variance; and quantiles of
    the bootstrap are like those of the normal distribution, though the spread was estimated from n units: Student's
    with n - 1 degrees of freedom are due. With several kinds of units, degrees of freedom are Satterthwaite's. Of the
    mean of normal values, the interval becomes Student's. With five units it is 1.58 times as long, with three 2.69.

    Sources: Hesterberg, Am. Stat. 69 (2015) 371, on narrowness bias; Satterthwaite, Biometrics Bull. 2 (1946) 110.

    Parameters
    ----------
    variances:
        (K, ...) variance of the estimate that comes from each kind of units, unbiased.
    units:
        (K) numbers of units of each kind, 2 or more.
    level:
        Level of confidence.

    Returns
    -------
    stretch:
        (...) factors from 1 up. Where no kind has any variance, that of the kind with the fewest units.
    """
    shape = (-1,) + (1,) * (variances.ndim - 1)
    counts = units.reshape(shape)
    weighted = np.where(variances.sum(axis=0) > 0.0, variances, counts == counts.min())
    total = weighted.sum(axis=0)
    degrees = total**2 / (weighted**2 / (counts - 1.0)).sum(axis=0)
    spread = np.sqrt(total / (weighted * (counts - 1.0) / counts).sum(axis=0))
    tail = (1.0 + level) / 2.0
    return np.asarray(spread * stdtrit(degrees, tail) / ndtri(tail), np.float64)
