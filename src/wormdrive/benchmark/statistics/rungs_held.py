"""Rungs held: how far up a ladder half of the drives succeed, as a number from 0 to n that can be averaged.

Values of rungs cannot be averaged over trainings where a ladder ends before some of them break. Its rungs' numbers can:
0 means that the first rung is too hard already, n that the last is not, and k, between, that the first k rungs hold and
the next does not. Rates between say where in between: the rung k is placed at k - 1/2 and the rates, made to fall along
the ladder first (isotonic regression), are joined by lines, beginning with 1 half a rung before the ladder's first step
and ending with 0 half a rung behind its last; where they cross one half, is the number.

This needs the rungs around the break alone, and is quick enough to be computed of every resample.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["fill_undriven", "mean_rungs_held", "rungs_held"]

Scores = NDArray[np.float64]

_TIE: Final = 1e-9
"""A mean of halves may come out this much below a half."""


def rungs_held(rates: Scores) -> Scores:
    """Return the number of rungs held, in [0, n], from rates of success (..., n) on rungs, the easiest first: (...).

    Examples
    --------
    >>> rungs_held(np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.75, 0.25]]))
    array([2., 0., 3., 2.])
    """
    by_rung = np.ascontiguousarray(np.moveaxis(rates, -1, 0))  # many resamples lie side by side: few long loops
    ends = (1, *by_rung.shape[1:])
    joined = np.concatenate([np.ones(ends), _falling(by_rung), np.zeros(ends)])
    last = np.count_nonzero(joined >= 0.5 - _TIE, axis=0, keepdims=True) - 1
    above, below = (np.take_along_axis(joined, last + step, axis=0) for step in (0, 1))
    part = np.maximum(above - 0.5, 0.0) / (above - below)
    return np.asarray((last - 0.5 + part)[0])


def mean_rungs_held(drives: Scores) -> Scores:
    """Average over trainings the rungs that each holds: successes (..., S, R, n), R routes, -> (...)."""
    return np.asarray(rungs_held(drives.mean(axis=-2)).mean(axis=-1))


def fill_undriven(successes: Scores) -> Scores:
    """Put in what bisection has left out of a training's successes (R, n): rungs that are NaN throughout.

    Easier rungs than all that were driven are taken to succeed, harder ones to fail; between two that were driven a
    route is taken to do as on these, by their distance. None of it lies next to the break, where both neighbours were
    driven.
    """
    driven = np.flatnonzero(~np.isnan(successes).any(axis=0))
    numbers = np.arange(successes.shape[1])
    return np.array([np.interp(numbers, driven, route[driven], left=1.0, right=0.0) for route in successes])


def _falling(rates: Scores) -> Scores:
    """Isotonic regression: the falling rates nearest to the given ones (n, ...), all of one weight.

    By the minimax formula: at k the least, over all i up to k, of the greatest mean of i to any j from k on. Source:
    Barlow et al., Statistical Inference under Order Restrictions (1972), 1.4.
    """
    count = len(rates)
    sums = np.concatenate([np.zeros((1, *rates.shape[1:])), np.cumsum(rates, axis=0)])
    found = np.full(rates.shape, np.inf)
    for first in range(count):
        greatest = np.full(rates.shape[1:], -np.inf)
        for last in range(count - 1, first - 1, -1):
            mean = (sums[last + 1] - sums[first]) / (last + 1 - first)
            greatest = np.maximum(greatest, mean)
            found[last] = np.minimum(found[last], greatest)
    return found
