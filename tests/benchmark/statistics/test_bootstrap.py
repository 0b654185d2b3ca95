from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from wormdrive.benchmark.statistics.aggregates import interquartile_mean, mean, over_routes, performance_profile
from wormdrive.benchmark.statistics.bootstrap import bootstrap
from wormdrive.envs.common.errors import ArgumentError

Array = NDArray[np.float64]
Table = Callable[[np.random.Generator], Array]


def normal(trainings: int = 5, routes: int = 48, by_training: float = 1.0, by_route: float = 0.5) -> Table:
    """Scores with as many trainings and routes, whose standard deviations are these and 1 for what is left; mean 0."""

    def draw(rng: np.random.Generator) -> Array:
        first, second = rng.normal(0.0, by_training, (trainings, 1)), rng.normal(0.0, by_route, (1, routes))
        return first + second + rng.normal(size=(trainings, routes))

    return draw


def symmetric_successes(rng: np.random.Generator) -> Array:
    """Successes of five trainings that differ much on 48 routes that differ, too; half of all drives succeed."""
    logit = rng.normal(0.0, 2.0, (5, 1)) + rng.normal(0.0, 1.0, (1, 48))
    return (logit + rng.logistic(size=(5, 48)) > 0.0).astype(np.float64)


def share_that_covers(draw: Table, truth: float, tables: int, bounds: tuple[float, float] = (-np.inf, np.inf)) -> float:
    rng = np.random.default_rng(0)
    bands = [bootstrap({"a": draw(rng)}, mean, resamples=1000, seed=k, bounds=bounds) for k in range(tables)]
    return float(np.mean([band.low <= truth <= band.high for band in bands]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [normal(), normal(trainings=3), normal(trainings=10), normal(by_training=0.2, by_route=1.0)],
    ids=["five trainings", "three trainings", "ten trainings", "routes decide"],
)
def test_nominal_95_percent_cover_90_to_98_of_normal_scores(draw: Table) -> None:
    assert 0.90 <= share_that_covers(draw, 0.0, 400) <= 0.98


@pytest.mark.slow
def test_nominal_95_percent_cover_90_to_98_of_successes() -> None:
    assert 0.90 <= share_that_covers(symmetric_successes, 0.5, 400, (0.0, 1.0)) <= 0.98


@pytest.mark.slow
def test_coverage_of_a_difference_on_shared_routes() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for k in range(400):
        routes = rng.normal(0.0, 2.0, (1, 48))
        first, second = (normal(by_training=spread, by_route=0.0)(rng) + routes for spread in (1.0, 0.3))
        band = bootstrap({"a": first, "b": second}, lambda a, b: mean(a) - mean(b), resamples=1000, seed=k)
        held += bool(band.low <= 0.0 <= band.high)
    assert 0.90 <= held / 400 <= 0.98


def test_of_a_normal_mean_it_is_students_interval() -> None:
    # trainings alone differ, and they are spaced so evenly that the bootstrap's quantiles are nearly normal
    scores = np.repeat(stats.norm.ppf((np.arange(40) + 0.5) / 40)[:, None], 3, axis=1)
    band = bootstrap({"a": scores}, mean, resamples=40_000)
    half = stats.t.ppf(0.975, 39) * scores[:, 0].std(ddof=1) / np.sqrt(40)
    assert band.estimate == pytest.approx(0.0, abs=1e-12)
    assert [float(band.low), float(band.high)] == pytest.approx([-half, half], rel=0.03)


def test_routes_that_differ_cancel_in_a_difference_and_not_in_a_mean() -> None:
    rng = np.random.default_rng(3)
    routes = rng.normal(0.0, 10.0, (1, 30))
    tables = {name: normal(by_route=0.0, routes=30)(rng) + routes for name in "ab"}
    alone = bootstrap({"a": tables["a"]}, mean, resamples=2000)
    difference = bootstrap(tables, lambda a, b: mean(a) - mean(b), resamples=2000)
    assert alone.high - alone.low > 4.0
    assert difference.high - difference.low < 4.0


@settings(max_examples=15, deadline=None)
@given(
    chunk=st.integers(1, 200),
    shape=st.tuples(st.integers(2, 6), st.integers(2, 9), st.integers(1, 4)),
    statistic=st.sampled_from(
        [
            over_routes(mean),
            over_routes(interquartile_mean),
            lambda drives: performance_profile(drives[..., 0], [0.2, 0.5]),
        ]
    ),
)
def test_chunks_change_no_bit(chunk: int, shape: tuple[int, ...], statistic: Callable[..., Array]) -> None:
    tables = {"a": np.random.default_rng(0).random(shape)}
    whole, parts = (bootstrap(tables, statistic, resamples=150, chunk=size) for size in (None, chunk))
    for ours, theirs in ((whole.estimate, parts.estimate), (whole.low, parts.low), (whole.high, parts.high)):
        np.testing.assert_array_equal(ours, theirs)


def test_another_model_leaves_the_first_ones_interval_alone() -> None:
    rng = np.random.default_rng(0)
    a, b = normal()(rng), normal()(rng)
    alone = bootstrap({"a": a}, mean, resamples=500)
    joined = bootstrap({"b": b, "a": a}, lambda _, scores: mean(scores), resamples=500)
    assert (alone.low, alone.high) != (joined.low, joined.estimate)
    # the resampled means are the same; the other table, of no influence, does not lengthen it either
    np.testing.assert_allclose([joined.low, joined.high], [alone.low, alone.high], rtol=1e-12)


def test_the_seed_changes_it_a_little() -> None:
    scores = normal()(np.random.default_rng(0))
    first, again, other = (bootstrap({"a": scores}, mean, seed=seed) for seed in (0, 0, 1))
    assert (first.low, first.high) == (again.low, again.high) != (other.low, other.high)
    assert abs(first.low - other.low) < 0.05 * (first.high - first.low)


def test_ends_stay_within_bounds_and_constant_scores_have_no_width() -> None:
    scores = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    assert bootstrap({"a": scores}, mean, resamples=500).high > 1.0
    assert bootstrap({"a": scores}, mean, resamples=500, bounds=(0.0, 1.0)).high == 1.0
    constant = bootstrap({"a": np.ones((5, 16))}, mean, resamples=500)
    assert constant.low == constant.estimate == constant.high == 1.0


def test_one_route_is_enough() -> None:
    band = bootstrap({"a": np.array([[1.0], [2.0], [3.0]])}, mean, resamples=2000)
    assert band.estimate == 2.0
    assert band.low < 1.0  # Student's interval of three: 2 -+ 2.48
    assert band.high > 3.0


@pytest.mark.parametrize(
    ("tables", "changed", "message"),
    [
        ({}, {}, "none is there"),
        ({"a": np.zeros((1, 5))}, {}, r"tables\['a'\]: shape \(1, 5\).*one training says nothing"),
        ({"a": np.zeros(5)}, {}, r"shape \(5,\)"),
        ({"a": np.zeros((3, 0))}, {}, r"shape \(3, 0\)"),
        ({"a": np.zeros((3, 4)), "b": np.zeros((3, 5))}, {}, r"tables\['b'\]: has 5 routes; allowed are 4"),
        ({"a": np.full((3, 4), np.nan)}, {}, "not finite"),
        ({"a": np.zeros((3, 4))}, {"level": 95.0}, "level=95.0"),
        ({"a": np.zeros((3, 4))}, {"resamples": 0}, "resamples=0"),
        ({"a": np.zeros((3, 4))}, {"chunk": 0}, "chunk=0"),
    ],
)
def test_bad_arguments(tables: dict[str, Array], changed: dict[str, float], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        bootstrap(tables, mean, **changed)
