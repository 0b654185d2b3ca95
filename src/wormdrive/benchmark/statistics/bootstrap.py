"""Bootstrap: intervals of any statistic of trainings by routes, where both are samples and few trainings are at hand.

The training seed is the unit: drives of one training are not independent of each other, so 5 trainings of 48 drives
each are 5, not 240. All trainings drive the same routes, so routes are a sample of their own, crossed with trainings.
Each resample draws trainings with replacement, for every model on its own, and routes with replacement, the same for
all trainings, models and conditions; the scores where they cross are the resampled table (the pigeonhole bootstrap).
Whoever draws routes for each training anew pretends that each had roads of its own, and finds too short an interval.

Intervals are percentile intervals, stretched about the estimate by what few units and crossed draws ask for
(``small_sample_stretch``). Not BCa: its corrections are of an order that needs many units. Coverage of nominal 95 %, in
300 to 600 simulated tables each (``tests/benchmark/statistics/test_bootstrap.py`` counts again):

| scores; trainings x routes | percentile | BCa | stretched |
|---|---|---|---|
| normal, deviations 1 between trainings, 0.5 between routes, 1 between drives; 5 x 48 | 85 | 85 | 95 |
| the same, 3 x 24 | 82 | 82 | 92 |
| normal, 0.2, 1 and 1; 5 x 48 | 96 | 96 | 97 |
| normal, drives alone differ; 5 x 48 and 10 x 48 | 99, 100 | 99, 100 | 98, 98 |
| successes, logits with deviations 2 and 1; 5 x 48 | 88 | 90 | 94 |
| trainings either good or bad (about 0.9 or 0.1); 5 x 48 | 90 | 94 | 88 |
| the same, 3 x 24 | 72 | 72 | 72 |
| difference of two models that are so; 5 x 48 | 90 | 92 | 96 |

Where trainings are of two kinds, nothing helps when all at hand are of one (five of five: 9 % of the tables, three of
three: 28 %): whatever has an interval without width, or nearly so, is known to be so of these trainings only.

Sources: Owen, Ann. Appl. Stat. 1 (2007) 386 (crossed units); Davison and Hinkley, Bootstrap Methods and their
Application (1997), 3.8 (hierarchical data); Agarwal et al., NeurIPS 2021, arXiv 2108.13264 (few trainings).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.benchmark.statistics.interval import Band, require_level, small_sample_stretch
from wormdrive.benchmark.statistics.jackknife import crossed, jackknife
from wormdrive.benchmark.statistics.resampling import draw_units, slices
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["RESAMPLES", "Statistic", "bootstrap"]

RESAMPLES: Final = 10_000
"""Resamples unless asked otherwise: ends of 95 % intervals then shake by about 2 % of their distance."""

Scores = NDArray[np.float64]

Statistic = Callable[..., NDArray[np.float64]]
"""From one array (B, S, R, ...) for each table, B resamples of it, to (B, ...): each resample's value or values."""

_ROUTES: Final = "routes"


def bootstrap(
    tables: Mapping[str, NDArray[np.floating]],
    statistic: Statistic,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    chunk: int | None = None,
) -> Band:
    """Estimate a statistic of some tables, each estimate with an interval of its own.

    The interval is about new trainings of the same models on new routes of the same kind. The same arguments give the
    same bits, whatever ``chunk``.

    Parameters
    ----------
    tables:
        For each model (or other family of trainings) its scores: (S, R) or (S, R, ...), S its trainings and R the
        routes, the same for all. Names choose the draws: tables under one name in two calls are drawn alike.
    statistic:
        What to estimate; see ``Statistic``. It takes the arrays in the order of ``tables``.
    level:
        Level of confidence.
    bounds:
        Least and largest value that the statistic can have: ends beyond are brought back.
    chunk:
        Resamples computed at once; by default as many as have some million scores.

    Raises
    ------
    ArgumentError
        If a table is no array of at least two trainings and one route, holds a number that is not finite, or has other
        routes than the others; or if a number is out of its bounds. One training says nothing about other ones.
    """
    require_level(level)
    held = _checked(tables)
    routes = next(iter(held.values())).shape[1]
    drawn = [
        draw_units(len(scores), resamples, seed=seed, stream=f"trainings of {name}") for name, scores in held.items()
    ]
    drawn_routes = draw_units(routes, resamples, seed=seed, stream=_ROUTES)
    arrays = list(held.values())
    estimate = statistic(*(scores[None] for scores in arrays))[0]
    found = np.concatenate(
        [
            statistic(*(crossed(scores, s[part], drawn_routes[part]) for scores, s in zip(arrays, drawn, strict=True)))
            for part in slices(resamples, chunk, sum(scores.size for scores in arrays))
        ]
    )
    counts = tuple(len(scores) for scores in arrays)
    stretch = small_sample_stretch(jackknife(arrays, statistic), counts, routes, level)
    low, high = np.quantile(found, [(1.0 - level) / 2.0, (1.0 + level) / 2.0], axis=0)
    ends = [np.clip(estimate + stretch * (end - estimate), *bounds) for end in (low, high)]
    return Band(np.asarray(estimate, np.float64), ends[0], ends[1], level)


def _checked(tables: Mapping[str, NDArray[np.floating]]) -> dict[str, Scores]:
    held = {name: np.ascontiguousarray(scores, np.float64) for name, scores in tables.items()}
    if not held:
        raise ArgumentError("tables: none is there; allowed is one or more")
    routes: int | None = None
    for name, scores in held.items():
        if scores.ndim < 2 or scores.shape[0] < 2 or scores.size == 0:
            raise ArgumentError(
                f"tables[{name!r}]: shape {scores.shape}; allowed are (S, R) or (S, R, ...) with two trainings or more "
                "and a route or more: one training says nothing about others"
            )
        if not np.isfinite(scores).all():
            raise ArgumentError(f"tables[{name!r}]: holds a number that is not finite; allowed are finite ones")
        routes = scores.shape[1] if routes is None else routes
        if scores.shape[1] != routes:
            raise ArgumentError(
                f"tables[{name!r}]: has {scores.shape[1]} routes; allowed are {routes}, as in the first table"
            )
    return held
