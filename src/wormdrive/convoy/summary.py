"""Summary: what a table of convoys' drives says of each model, and of its difference to the memoryless one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.statistics.aggregates import mean
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.benchmark.statistics.holm import holm
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.paired_scores import difference_of_means, paired_scores
from wormdrive.benchmark.statistics.permutation import permutation_p_value
from wormdrive.convoy.drive_row import ConvoyRow

__all__ = ["REFERENCE", "Comparison", "ConvoySummary", "ModelSummary", "summarise"]

REFERENCE: Final = "feedforward"
"""The follower without memory that sees one frame."""
MEASURES: Final = (
    "success", "driven_s", "collision", "lane_departure", "lost", "gap_error_m", "offset_m", "string_gain",
)  # fmt: skip
COMPARED: Final = ("success", "driven_s")
_RESAMPLES: Final = 4000


@dataclass(frozen=True)
class ModelSummary:
    """One model under one condition: how many trainings and drives, and its measures with intervals.

    ``measures``: shares of drives that succeeded, or ended in a collision, a departure or a lost car; how long they
    lasted [s]; mean errors [m]; ``string_gain``: deviation of the last car's speed over that of the first, pooled over
    all drives to the end with a profile that varies. Intervals are ``None`` where there is one training, the gain is
    where there is no such drive.
    """

    model: str
    condition: str
    trainings: int
    drives: int
    measures: dict[str, float | None]
    intervals: dict[str, Interval | None]


@dataclass(frozen=True)
class Comparison:
    """A model's measure less that of the reference under one condition, paired by route; Holm over all of a measure.

    ``measure``: ``success``, or ``driven_s``: how long convoys drove until something went wrong or time was up [s].
    """

    model: str
    condition: str
    measure: str
    difference: Interval
    p_value: float
    p_corrected: float


@dataclass(frozen=True)
class ConvoySummary:
    """All of it."""

    models: list[ModelSummary]
    comparisons: list[Comparison]


def summarise(rows: Sequence[ConvoyRow]) -> ConvoySummary:
    """Sum up a table.

    Raises
    ------
    ArgumentError
        If trainings under one condition drove different routes.
    """
    conditions = list(dict.fromkeys(row.condition for row in rows))
    models = list(dict.fromkeys(row.model for row in rows))
    summaries: list[ModelSummary] = []
    families: dict[str, list[Comparison]] = {measure: [] for measure in COMPARED}
    for condition in conditions:
        there = [row for row in rows if row.condition == condition]
        for model in models:
            mine = [row for row in there if row.model == model]
            if mine:
                summaries.append(_summary(model, condition, mine))
        theirs = [row for row in there if row.model == REFERENCE]
        for model in models:
            mine = [row for row in there if row.model == model]
            if model != REFERENCE and len({row.seed for row in mine}) > 1 and len({row.seed for row in theirs}) > 1:
                for measure, family in families.items():
                    family.append(_compared(model, condition, measure, mine, theirs))
    return ConvoySummary(summaries, [one for family in families.values() for one in _corrected(family)])


def _corrected(family: list[Comparison]) -> list[Comparison]:
    corrected = holm([one.p_value for one in family])
    return [replace(one, p_corrected=p_value) for one, p_value in zip(family, corrected, strict=True)]


def _summary(model: str, condition: str, rows: Sequence[ConvoyRow]) -> ModelSummary:
    trainings = len({row.seed for row in rows})
    measures: dict[str, float | None] = {}
    intervals: dict[str, Interval | None] = {}
    for name in MEASURES:
        scores = _array(rows, _SCORES[name])
        statistic = _gain if name == "string_gain" else mean
        value = float(statistic(scores[None])[0])
        measures[name] = value if np.isfinite(value) else None
        intervals[name] = None
        if trainings > 1 and np.isfinite(value):
            bounds = (0.0, 1.0) if name in _SHARES else (0.0, np.inf)
            interval = bootstrap({model: scores}, statistic, resamples=_RESAMPLES, bounds=bounds).interval()
            # where one training or convoy alone has drives that say something of a gain, there is no telling of others
            intervals[name] = interval if np.isfinite([interval.low, interval.high]).all() else None
    return ModelSummary(model, condition, trainings, len(rows), measures, intervals)


def _compared(
    model: str, condition: str, measure: str, mine: Sequence[ConvoyRow], theirs: Sequence[ConvoyRow]
) -> Comparison:
    ours, others = _array(mine, _SCORES[measure]), _array(theirs, _SCORES[measure])
    most = 1.0 if measure in _SHARES else np.inf
    band = bootstrap({model: ours, REFERENCE: others}, difference_of_means, resamples=_RESAMPLES, bounds=(-most, most))
    p_value = permutation_p_value(ours, others)
    return Comparison(model, condition, measure, band.interval(), p_value, p_value)


def _array(rows: Sequence[ConvoyRow], score: Callable[[ConvoyRow], float | tuple[float, ...]]) -> NDArray[np.float64]:
    """Arrange scores: (S, R) or (S, R, 2), trainings by routes."""
    found = {(row.seed, row.route): score(row) for row in rows}
    return paired_scores(found, f"table: {rows[0].model!r} under {rows[0].condition!r}")


def _ended(reason: str) -> Callable[[ConvoyRow], float]:
    return lambda row: float(row.end_reason == reason)


def _variances(row: ConvoyRow) -> tuple[float, float]:
    """First and last car's; none of drives that cannot say anything of a string's stability."""
    counts = row.success and row.profile != "constant"
    return (row.first_variance, row.last_variance) if counts else (0.0, 0.0)


_SHARES: Final = ("success", "collision", "lane_departure", "lost")
_SCORES: Final[dict[str, Callable[[ConvoyRow], float | tuple[float, ...]]]] = {
    "success": lambda row: float(row.success),
    "driven_s": lambda row: row.driven_s,
    "collision": _ended("collision"),
    "lane_departure": _ended("lane_departure"),
    "lost": _ended("lost"),
    "gap_error_m": lambda row: row.gap_error_m,
    "offset_m": lambda row: row.offset_m,
    "string_gain": _variances,
}


def _gain(variances: NDArray[np.float64]) -> NDArray[np.float64]:
    """(B, S, R, 2) -> (B,); NaN without any drive that counts."""
    first, last = np.moveaxis(variances.sum(axis=(1, 2)), -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt(last / first), np.float64)
