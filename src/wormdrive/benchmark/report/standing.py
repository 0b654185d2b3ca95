"""Standing: how well the trainings of one model by one recipe do over some conditions, each training a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.score_arrays import ScoreArrays, metric_bounds, pivot_conditions

__all__ = ["Departures", "Standing", "departures", "mean_over_all", "standings"]


@dataclass(frozen=True)
class Standing:
    """Mean of a metric over the drives of each training.

    Attributes
    ----------
    drives:
        Drives of each training: conditions by routes.
    by_seed:
        Each training's mean, by its seed.
    interval:
        Of the mean over trainings, for new trainings and routes; ``None`` for a single training.
    """

    recipe: str
    model: str
    metric: str
    drives: int
    by_seed: dict[int, float]
    interval: Interval | None

    @property
    def mean(self) -> float:
        """Mean over the trainings."""
        return float(np.mean(list(self.by_seed.values())))

    @property
    def counts(self) -> list[int]:
        """Return how many drives of each training succeeded, in the order of the seeds."""
        return [round(share * self.drives) for share in self.by_seed.values()]


def standings(table: DriveTable, metric: str = "success") -> list[Standing]:
    """Return a standing for each recipe and model of a table, over all the conditions that it holds.

    Raises
    ------
    ArgumentError
        Trainings of one recipe drove different routes or conditions.
    """
    found = []
    for (_recipe,), driven in table.groups("recipe").items():
        found += _standings(pivot_conditions(driven, metric))
    return found


def _standings(arrays: ScoreArrays) -> list[Standing]:
    found = []
    for model, scores in arrays.scores.items():
        interval = None
        if len(scores) > 1:
            name = f"{model}, {arrays.recipe}"
            interval = bootstrap({name: scores}, mean_over_all, bounds=metric_bounds(arrays.metric)).interval()
        by_seed = {seed: float(one.mean()) for seed, one in zip(arrays.seeds[model], scores, strict=True)}
        found.append(Standing(arrays.recipe, model, arrays.metric, scores[0].size, by_seed, interval))
    return found


def mean_over_all(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B, S, R, ...) -> (B): mean over trainings, routes and conditions."""
    return np.asarray(scores.reshape(len(scores), -1).mean(axis=1))


@dataclass(frozen=True)
class Departures:
    """Distance driven until a wheel first left the lane, and how often one did.

    Attributes
    ----------
    count:
        Drives in which a wheel left the lane.
    before_km:
        Distance driven before that, summed over drives; where none did, the whole drive.
    by_seed:
        Kilometres per departure of each training; ``None`` where there was none.
    wheel_over_share:
        Mean over drives of the share of the time with a wheel over the border.
    """

    count: int
    before_km: float
    by_seed: tuple[float | None, ...]
    wheel_over_share: float


def departures(table: DriveTable) -> Departures:
    """Sum up the departures of the trainings of one recipe and model, which may have driven anything."""
    by_seed = []
    for driven in table.groups("seed").values():
        count = _departed(driven)
        by_seed.append(_before_km(driven) / count if count else None)
    share = float(np.mean([row.wheel_over_share for row in table]))
    return Departures(_departed(table), _before_km(table), tuple(by_seed), share)


def _departed(table: DriveTable) -> int:
    return sum(row.departure_distance_m is not None for row in table)


def _before_km(table: DriveTable) -> float:
    before = [row.distance_m if row.departure_distance_m is None else row.departure_distance_m for row in table]
    return sum(before) / 1000.0
