"""Summary: success rates with intervals over training seeds, and differences from the memoryless network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.mean_interval import mean_interval
from wormdrive.benchmark.statistics.paired_scores import difference_of_means, paired_scores
from wormdrive.benchmark.statistics.permutation import permutation_p_value
from wormdrive.find_target.evaluation import FlightRow

__all__ = ["REFERENCE", "Rate", "summarise"]

REFERENCE: Final = "cnn"
"""What has no memory: what the others must beat."""


@dataclass(frozen=True)
class Rate:
    """Success of one model in one condition.

    ``success``: with its interval about new trainings and new flights; no interval of one training (ends are NaN).
    ``difference`` from the reference on the same flights, and its p-value by permutation of trainings; NaN where there
    is no reference, or one training. ``collisions``, ``lost``: shares of flights.
    """

    model: str
    condition: str
    seeds: int
    flights: int
    success: Interval
    difference: Interval
    p_value: float
    collisions: float
    lost: float


def summarise(rows: Sequence[FlightRow], *, resamples: int = 10_000) -> list[Rate]:
    """Sum up test flights, conditions in their order, within them models in theirs.

    Raises
    ------
    ArgumentError
        If trainings of a model flew different flights.
    """
    found = []
    for condition in dict.fromkeys(row.condition for row in rows):
        here = [row for row in rows if row.condition == condition]
        models = list(dict.fromkeys(row.model for row in here))
        scores = {model: _scores(model, here) for model in models}
        for model in models:
            mine = [row for row in here if row.model == model]
            difference, p_value = _against(model, scores, resamples)
            found.append(
                Rate(
                    model,
                    condition,
                    len(scores[model]),
                    scores[model].shape[1],
                    mean_interval(model, scores[model], resamples=resamples, bounds=(0.0, 1.0)),
                    difference,
                    p_value,
                    sum(row.end_reason == "collision" for row in mine) / len(mine),
                    sum(row.end_reason == "lost" for row in mine) / len(mine),
                )
            )
    return found


def _scores(model: str, rows: Sequence[FlightRow]) -> NDArray[np.float64]:
    """Success (S, R) of a model: trainings by flights."""
    mine = [row for row in rows if row.model == model]
    return paired_scores({(row.seed, row.flight): row.found for row in mine}, f"flights of {model}")


def _against(model: str, scores: dict[str, NDArray[np.float64]], resamples: int) -> tuple[Interval, float]:
    mine, theirs = scores[model], scores.get(REFERENCE)
    if model == REFERENCE or theirs is None or len(mine) < 2 or len(theirs) < 2 or mine.shape[1] != theirs.shape[1]:
        return Interval(float("nan"), float("nan"), float("nan"), 0.95), float("nan")
    band = bootstrap({model: mine, REFERENCE: theirs}, difference_of_means, resamples=resamples, bounds=(-1.0, 1.0))
    return band.interval(), permutation_p_value(mine, theirs)
