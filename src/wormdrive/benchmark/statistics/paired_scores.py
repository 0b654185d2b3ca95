"""Paired scores: what trainings scored on the same tasks, arranged for the statistics."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["difference_of_means", "paired_scores"]


def paired_scores(scores: Mapping[tuple[int, int], float | tuple[float, ...]], whose: str) -> NDArray[np.float64]:
    """Arrange scores by (training seed, task): (S, T), or (S, T, K) of scores that are K numbers; both ascending.

    Raises
    ------
    ArgumentError
        A training of ``whose`` lacks a task that another one has.
    """
    seeds, tasks = sorted({seed for seed, _ in scores}), sorted({task for _, task in scores})
    for seed in seeds:
        for task in tasks:
            if (seed, task) not in scores:
                raise ArgumentError(f"{whose}: training {seed} lacks {task}; allowed are the same for all trainings")
    return np.array([[scores[seed, task] for task in tasks] for seed in seeds], np.float64)


def difference_of_means(scores: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B, S, T) and (B, S', T) -> (B): difference of each task's means, averaged over the tasks."""
    paired = scores.mean(axis=1) - reference.mean(axis=1)
    return np.asarray(paired.mean(axis=-1))
