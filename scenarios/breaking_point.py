"""Breaking point: where on a ladder of ever harder rungs half of the drives fail, and which rung to drive next.

The share of drives that succeed is taken to fall with the rung's value x along a logistic curve,

    p(x) = 1 / (1 + exp(k (x - b))),   k >= 0 towards the harder end,

whose breaking point b is fitted by maximum likelihood; the interval holds all b whose likelihood, with the best
steepness k for each, is not too small beside the greatest (profile likelihood; Venzon and Moolgavkar, Appl. Stat. 37
(1988) 87). That stays sensible where an ordinary fit does not: where all rungs up to one succeed and all after it fail
the curve is a step, b the middle between the two, and any b between them is as likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["BreakingPoint", "breaking_point", "next_rung"]

_STEEPEST: Final = 1e4
"""Largest k, by the distance between the nearest rungs: a step for all that drives can tell."""
_ALIKE: Final = 1e-6
"""Likelihoods whose logarithms differ by less are alike."""
_OUTSIDE: Final = np.geomspace(1e-3, 1e3, 121)
"""How far beyond the ladder's ends is looked, in lengths of the ladder."""


@dataclass(frozen=True)
class BreakingPoint:
    """Where half of the drives fail, in the unit of the rungs.

    Attributes
    ----------
    value:
        The breaking point; ``None`` where it lies outside of the rungs that were driven.
    side:
        ``within`` them; ``before_first``: the easiest is too hard already; ``beyond_last``: the hardest is not.
    interval:
        Its end towards the easier and towards the harder rungs; ``None`` where the rungs driven do not bound it.
    """

    value: float | None
    side: Literal["within", "before_first", "beyond_last"]
    interval: tuple[float | None, float | None]


def breaking_point(
    rungs: Sequence[float], successes: Sequence[int], trials: Sequence[int], confidence: float = 0.95
) -> BreakingPoint:
    """Fit the breaking point of a ladder.

    Parameters
    ----------
    rungs:
        Values in order of difficulty, rising or falling. Where they span decades give their logarithms.
    successes, trials:
        Of each rung; rungs without trials are left out.

    Raises
    ------
    ArgumentError
        If the three do not fit together, the rungs are not in order, or nothing was driven.

    Examples
    --------
    >>> breaking_point([1, 2, 3, 4], [8, 8, 0, 0], [8, 8, 8, 8]).value
    2.5
    """
    x, done, of = _checked(rungs, successes, trials)
    first, span = x[0], x[-1] - x[0]
    if span == 0.0:
        span = 1.0  # one rung alone
    fit = _Profile((x - first) / span, done, of)
    inside = np.linspace(0.0, 1.0, 513) if len(x) > 1 else np.zeros(1)
    likelihood = fit(inside)
    flat = fit.flat()
    more_succeed = done.sum() >= 0.5 * of.sum()
    beyond = max(float(fit(1.0 + _OUTSIDE).max()), flat if more_succeed else -np.inf)
    before = max(float(fit(-_OUTSIDE).max()), -np.inf if more_succeed else flat)
    best = max(float(likelihood.max()), beyond, before)
    drop = 0.5 * NormalDist().inv_cdf(0.5 + 0.5 * confidence) ** 2
    easier, harder = (
        None if end is None else float(first + span * end) for end in _ends(fit, inside, likelihood, best - drop)
    )
    if float(likelihood.max()) >= best - _ALIKE:
        low, high = _ends(fit, inside, likelihood, float(likelihood.max()) - _ALIKE)
        middle = 0.5 * ((0.0 if low is None else low) + (inside[-1] if high is None else high))
        return BreakingPoint(float(first + span * middle), "within", (easier, harder))
    inside_counts = float(likelihood.max()) >= best - drop
    if beyond > before:
        return BreakingPoint(None, "beyond_last", (easier if inside_counts else float(x[-1]), None))
    return BreakingPoint(None, "before_first", (None, harder if inside_counts else float(x[0])))


def next_rung(successes: Sequence[int], trials: Sequence[int], drives: int) -> int | None:
    """Say which rung to drive next to find the breaking point with few drives; ``None`` when it is found.

    Bisection: the rung half-way between the hardest that holds and the easiest that fails, until these are neighbours;
    then whichever of the two has fewer than ``drives`` trials. A rung holds if at least half of its drives succeed, by
    rates that are made to fall along the ladder first (isotonic regression), as single rungs may mislead.

    Raises
    ------
    ArgumentError
        If successes and trials do not fit together, or ``drives`` is not positive.
    """
    if drives < 1:
        raise ArgumentError(f"drives={drives}: allowed is a positive whole number")
    done, of = _counts(successes, trials)
    driven = np.flatnonzero(of > 0)
    holds = _falling(done[driven] / of[driven], of[driven]) >= 0.5
    hardest = int(driven[holds].max(initial=-1))
    easiest = int(driven[~holds].min(initial=len(of)))
    if easiest - hardest > 1:
        return (hardest + easiest) // 2
    open_ = [k for k in (hardest, easiest) if 0 <= k < len(of) and of[k] < drives]
    return min(open_, key=lambda k: of[k]) if open_ else None


class _Profile:
    """Greatest log-likelihood for each breaking point, over all steepnesses; rungs lie at u (R,), rising."""

    def __init__(self, u: NDArray[np.float64], done: NDArray[np.float64], of: NDArray[np.float64]) -> None:
        self._u, self._done, self._of = u, done, of
        self._steepest = _STEEPEST / float(np.diff(u).min(initial=1.0))

    def __call__(self, b: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return log-likelihoods (B,) for breaking points (B,): concave in k, so where its slope changes sign."""
        away = b[:, None] - self._u
        low, high = np.zeros(len(b)), np.full(len(b), self._steepest)
        for _ in range(60):
            k = 0.5 * (low + high)
            rising = self._slope(k, away) > 0.0
            low, high = np.where(rising, k, low), np.where(rising, high, k)
        return self._log_likelihood(0.5 * (low + high)[:, None] * away)

    def flat(self) -> float:
        """Log-likelihood where rungs make no difference: the breaking point is infinitely far."""
        rate = np.clip(self._done.sum() / self._of.sum(), 1e-300, 1.0 - 1e-16)
        return float(self._log_likelihood(np.full((1, len(self._u)), np.log(rate) - np.log1p(-rate)))[0])

    def _slope(self, k: NDArray[np.float64], away: NDArray[np.float64]) -> NDArray[np.float64]:
        expected = 0.5 * (1.0 + np.tanh(0.5 * k[:, None] * away))
        return np.asarray(((self._done - self._of * expected) * away).sum(axis=1))

    def _log_likelihood(self, logit: NDArray[np.float64]) -> NDArray[np.float64]:
        failed = self._of - self._done
        terms = self._done * np.logaddexp(0.0, -logit) + failed * np.logaddexp(0.0, logit)
        return -np.asarray(terms.sum(axis=1))


def _ends(
    fit: _Profile, b: NDArray[np.float64], likelihood: NDArray[np.float64], level: float
) -> tuple[float | None, float | None]:
    """Return the ends of where the likelihood (B,) at points b (B,) is at least ``level``; ``None`` at b's own ends."""
    enough = np.flatnonzero(likelihood >= level)
    if not enough.size:
        return None, None
    first, last = int(enough[0]), int(enough[-1])
    low = None if first == 0 else _crossing(fit, float(b[first - 1]), float(b[first]), level)
    high = None if last == len(b) - 1 else _crossing(fit, float(b[last + 1]), float(b[last]), level)
    return low, high


def _crossing(fit: _Profile, below: float, above: float, level: float) -> float:
    """Where between two breaking points the likelihood reaches ``level``."""
    for _ in range(3):
        points = np.linspace(below, above, 65)
        k = max(int(np.argmax(fit(points) >= level)), 1)
        below, above = float(points[k - 1]), float(points[k])
    return 0.5 * (below + above)


def _falling(rates: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Isotonic regression: the falling rates (R,) nearest to the given ones; neighbours out of order are pooled."""
    pools: list[tuple[float, float, int]] = []  # rate, weight, number of rungs
    for rate, weight in zip(rates.tolist(), weights.tolist(), strict=True):
        pools.append((rate, weight, 1))
        while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
            (a, m, i), (b, n, j) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n, i + j)]
    return np.repeat([rate for rate, _, _ in pools], [count for _, _, count in pools]).astype(np.float64)


def _counts(successes: Sequence[int], trials: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    done, of = np.asarray(successes, np.float64), np.asarray(trials, np.float64)
    if done.ndim != 1 or done.shape != of.shape or not done.size:
        raise ArgumentError(f"successes, trials: shapes {done.shape}, {of.shape}, allowed is one of each a rung")
    if not ((done >= 0.0) & (done <= of)).all():
        raise ArgumentError(f"successes={list(successes)}: allowed are 0 to trials={list(trials)}")
    return done, of


def _checked(
    rungs: Sequence[float], successes: Sequence[int], trials: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    done, of = _counts(successes, trials)
    x = np.asarray(rungs, np.float64)
    if x.shape != of.shape:
        raise ArgumentError(f"rungs: {x.size} values, allowed are {of.size}, one a rung")
    if len(np.unique(np.sign(np.diff(x)))) > 1 or (np.diff(x) == 0.0).any() or not np.isfinite(x).all():
        raise ArgumentError(f"rungs={list(rungs)}: allowed are finite values that only rise, or only fall")
    driven = of > 0.0
    if not driven.any():
        raise ArgumentError("trials: all are 0, allowed is at least one")
    return x[driven], done[driven], of[driven]
