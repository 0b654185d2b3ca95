"""Aggregates: one number, or one curve, from scores of several trainings on several tasks.

Each takes scores (..., S, T), S trainings on T tasks, and works on the last two axes. After Agarwal et al., "Deep
Reinforcement Learning at the Edge of the Statistical Precipice" (NeurIPS 2021, arXiv 2108.13264; library rliable). A
task may be a route (scores then are single drives) or a condition (scores are means over its routes: ``over_routes``).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wormdrive.envs.common.errors import ArgumentError

__all__ = [
    "interquartile_mean",
    "mean",
    "median",
    "over_routes",
    "performance_profile",
    "probability_of_improvement",
]

Scores = NDArray[np.float64]


def mean(scores: Scores) -> Scores:
    """Mean over trainings and tasks: (..., S, T) -> (...)."""
    return np.asarray(_runs(scores).mean(axis=-1))


def median(scores: Scores) -> Scores:
    """Median over tasks of the mean over trainings, as the field reports it: (..., S, T) -> (...)."""
    return np.asarray(np.median(scores.mean(axis=-2), axis=-1))


def interquartile_mean(scores: Scores) -> Scores:
    """Mean of the middle half of all runs (trainings x tasks): (..., S, T) -> (...).

    Of n runs, int(n / 4) are cut off at each end, as ``scipy.stats.trim_mean(runs, 0.25)`` does. More robust than the
    mean, more efficient than the median. Of successes alone (0 or 1) it is no good measure: it hides rates below a
    quarter and above three; take it of rates or distances.
    """
    runs = np.sort(_runs(scores), axis=-1)
    cut = runs.shape[-1] // 4
    return np.asarray(runs[..., cut : runs.shape[-1] - cut].mean(axis=-1))


def performance_profile(scores: Scores, thresholds: ArrayLike) -> Scores:
    """Share of the runs (trainings x tasks) with a score above each threshold: (..., S, T), (K) -> (..., K).

    It falls from one side to the other; a model whose curve lies above another's everywhere is stochastically better.
    """
    runs = _runs(scores)
    levels = np.asarray(thresholds, np.float64)
    if levels.ndim != 1:
        raise ArgumentError(f"thresholds: shape {levels.shape}; allowed is (K,)")
    return np.stack([(runs > level).mean(axis=-1) for level in levels], axis=-1)


def probability_of_improvement(scores: Scores, reference: Scores) -> Scores:
    """Probability that a training of a model scores higher than one of a reference, on a task drawn at random.

    (..., S, T) and (..., S', T) -> (...); on each task over all S x S' pairs, ties counting half (Mann and Whitney's
    U / (S S')), then the mean over tasks. One half is no difference; how large a difference is, it does not say.
    """
    if scores.shape[-1] != reference.shape[-1]:
        raise ArgumentError(f"reference: has {reference.shape[-1]} tasks; allowed are {scores.shape[-1]}, as in scores")
    ours, theirs = scores[..., :, None, :], reference[..., None, :, :]
    won = (ours > theirs) + 0.5 * (ours == theirs)
    return np.asarray(won.reshape(*won.shape[:-3], -1).mean(axis=-1))


def over_routes(aggregate: Callable[..., Scores]) -> Callable[..., Scores]:
    """Turn an aggregate over tasks into a statistic for ``bootstrap`` of drives (B, S, R, C): tasks are conditions.

    The score of a training on a condition is its mean over the R routes.
    """

    def statistic(*drives: Scores) -> Scores:
        return aggregate(*(scores.mean(axis=-2) for scores in drives))

    return statistic


def _runs(scores: Scores) -> Scores:
    """(..., S, T) -> (..., S T)."""
    return np.ascontiguousarray(scores).reshape(*scores.shape[:-2], -1)
