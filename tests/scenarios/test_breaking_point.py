from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.breaking_point import breaking_point, next_rung


def counts(p: np.ndarray, trials: int, seed: int) -> list[int]:
    return np.random.default_rng(seed).binomial(trials, p).tolist()


@pytest.mark.parametrize("rising", [True, False])
def test_a_step_breaks_half_way_between_the_last_that_held_and_the_first_that_failed(rising: bool) -> None:
    rungs = [0.1, 0.2, 0.4, 0.8] if rising else [0.8, 0.4, 0.2, 0.1]
    found = breaking_point(rungs, [8, 8, 0, 0], [8, 8, 8, 8])
    assert found.side == "within"
    assert found.value == pytest.approx(0.3, abs=1e-6)
    assert found.interval == pytest.approx((rungs[1], rungs[2]), abs=1e-3)


def test_where_all_succeed_it_lies_beyond_the_last_rung_and_where_all_fail_before_the_first() -> None:
    held = breaking_point([60, 30, 10, 5], [8] * 4, [8] * 4)
    assert (held.value, held.side, held.interval) == (None, "beyond_last", (5.0, None))
    broke = breaking_point([60, 30, 10, 5], [0] * 4, [8] * 4)
    assert (broke.value, broke.side, broke.interval) == (None, "before_first", (None, 60.0))


def test_few_drives_leave_room_inside_the_ladder() -> None:
    """One drive a rung, all succeed: a curve that breaks before the last rung is not much less likely."""
    held = breaking_point([1, 2, 3, 4], [1] * 4, [1] * 4)
    assert (held.value, held.side) == (None, "beyond_last")
    low, high = held.interval
    assert high is None
    assert low is None or low < 4.0


def test_rungs_that_make_no_difference_bound_nothing() -> None:
    half = breaking_point([1, 2, 3], [4, 4, 4], [8, 8, 8])
    assert (half.side, half.interval) == ("within", (None, None))
    most = breaking_point([1, 2, 3, 4], [1, 3, 6, 8], [8] * 4)  # the harder the better: no curve that falls is steep
    assert (most.value, most.side, most.interval) == (None, "beyond_last", (None, None))


def test_rungs_not_driven_count_for_nothing() -> None:
    some = breaking_point([1, 2, 3, 4, 5], [8, 0, 5, 0, 0], [8, 0, 8, 0, 8])
    assert some == breaking_point([1, 3, 5], [8, 5, 0], [8, 8, 8])
    alone = breaking_point([1, 2, 3], [0, 7, 0], [0, 8, 0])
    assert (alone.value, alone.side) == (None, "beyond_last")
    assert breaking_point([1, 2, 3], [0, 4, 0], [0, 8, 0]).value == 2.0


def test_it_is_the_maximum_of_the_likelihood() -> None:
    """Against all curves of a fine grid, and the interval against those within 1.92 of the best."""
    x, done, of = np.arange(6.0), np.array([10, 10, 8, 5, 3, 0]), np.full(6, 10)
    b, k = np.meshgrid(np.linspace(0, 5, 1001), np.geomspace(0.05, 30, 400), indexing="ij")
    logit = k[..., None] * (b[..., None] - x)
    log_likelihood = (-(done * np.logaddexp(0, -logit) + (of - done) * np.logaddexp(0, logit)).sum(-1)).max(axis=1)
    likely = b[:, 0][log_likelihood > log_likelihood.max() - 1.920729]
    found = breaking_point(x.tolist(), done.tolist(), of.tolist())
    assert found.value == pytest.approx(b[np.argmax(log_likelihood), 0], abs=0.01)
    assert found.interval == pytest.approx((likely[0], likely[-1]), abs=0.01)


@settings(max_examples=20, deadline=None)
@given(
    st.floats(0.2, 0.8),
    st.floats(5.0, 40.0),
    st.floats(-50.0, 50.0),
    st.floats(-30.0, 30.0).filter(lambda f: abs(f) > 0.1),
)
def test_a_known_curve_is_found_in_any_unit_and_direction(b: float, k: float, shift: float, factor: float) -> None:
    """Counts exactly as the curve has them, of a million drives a rung; rungs scaled, shifted, and falling as well."""
    u = np.linspace(0.0, 1.0, 9)
    trials = 1_000_000
    done = np.round(trials / (1.0 + np.exp(k * (u - b)))).astype(int).tolist()
    found = breaking_point((shift + factor * u).tolist(), done, [trials] * 9)
    low, high = found.interval
    assert found.value is not None
    assert low is not None
    assert high is not None
    assert (found.value - shift) / factor == pytest.approx(b, abs=2e-3)
    assert (low - shift) / factor < (found.value - shift) / factor < (high - shift) / factor


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=6))
def test_failures_seen_from_the_hard_end_are_successes_seen_from_the_easy_one(done: list[int]) -> None:
    rungs, trials = list(range(len(done))), [8] * len(done)
    found = breaking_point(rungs, done, trials)
    mirrored = breaking_point(rungs[::-1], [8 - n for n in done][::-1], trials)
    names = {"within": "within", "before_first": "beyond_last", "beyond_last": "before_first"}
    if sum(done) == 4 * len(done) and found.value is None:
        return  # as many succeed as fail on rungs that make no difference: either side is as likely
    assert mirrored.side == names[found.side]
    assert mirrored.value == (None if found.value is None else pytest.approx(found.value, abs=1e-4))
    for one, two in zip(found.interval, mirrored.interval[::-1], strict=True):
        assert two == (None if one is None else pytest.approx(one, abs=1e-4))


def test_the_more_succeed_the_farther_up_it_lies() -> None:
    values = [breaking_point([1, 2, 3, 4], [8, 6, n, 0], [8] * 4).value for n in range(7)]
    assert all(value is not None for value in values)
    assert values == sorted(values)  # type: ignore[type-var]
    assert values[-1] - values[0] > 0.5  # type: ignore[operator]


@pytest.mark.slow
@pytest.mark.parametrize(("b", "k"), [(0.6, 8.0), (0.3, 30.0)])
def test_intervals_cover_the_truth_as_often_as_they_say(b: float, k: float) -> None:
    u = np.linspace(0.0, 1.0, 7)
    p = 1.0 / (1.0 + np.exp(k * (u - b)))
    covered = 0
    for seed in range(200):
        low, high = breaking_point(u.tolist(), counts(p, 16, seed), [16] * 7).interval
        covered += (low is None or low <= b) and (high is None or b <= high)
    assert covered >= 181  # of 200 with probability 0.95 each, fewer come once in 250


def driven(p: np.ndarray, drives: int, batch: int, seed: int) -> tuple[list[int], list[int], list[int]]:
    """Ask and drive until nothing is left to ask: successes, trials, and the rungs in the order in which they came."""
    random = np.random.default_rng(seed)
    done, of, asked = [0] * len(p), [0] * len(p), []
    while (rung := next_rung(done, of, drives)) is not None:
        assert 0 <= rung < len(p)
        assert of[rung] < drives
        done[rung] += int(random.binomial(batch, p[rung]))
        of[rung] += batch
        asked.append(rung)
    return done, of, asked


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_bisection_finds_a_step_with_as_few_rungs_as_there_are_halvings(ladder: tuple[int, int]) -> None:
    count, first_failing = ladder
    p = (np.arange(count) < first_failing).astype(float)
    _, of, asked = driven(p, 8, 8, 0)
    assert len(asked) == len(set(asked)) <= math.ceil(math.log2(count + 1))
    beside = [k for k in (first_failing - 1, first_failing) if 0 <= k < count]
    assert all(of[k] == 8 for k in beside)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9), st.integers(1, 5), st.integers(0, 99))
def test_bisection_ends_whatever_happens_with_the_neighbours_well_driven(p: list[float], batch: int, seed: int) -> None:
    done, of, _ = driven(np.array(p), 10, batch, seed)
    assert sum(n > 0 for n in of) >= 1
    rates = [s / n for s, n in zip(done, of, strict=True) if n]
    if sorted(rates, reverse=True) == rates and 0 < sum(rate >= 0.5 for rate in rates) < len(rates):
        hardest = max(k for k, n in enumerate(of) if n and done[k] / n >= 0.5)
        assert of[hardest] >= 10
        assert of[hardest + 1] >= 10


def test_a_rung_that_misleads_is_pooled_with_its_neighbours() -> None:
    # rung 2 failed by bad luck; harder ones hold: together with rung 3 it holds, so that the search goes on above
    assert next_rung([8, 0, 1, 8, 8, 0, 0, 0], [8, 0, 4, 8, 8, 0, 0, 8], 8) == 5


def test_wrong_use_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"rungs=\[1, 3, 2\]"):
        breaking_point([1, 3, 2], [1, 1, 0], [1, 1, 1])
    with pytest.raises(ArgumentError, match="2 values, allowed are 3"):
        breaking_point([1, 2], [1, 1, 0], [1, 1, 1])
    with pytest.raises(ArgumentError, match=r"successes=\[2, 0\]"):
        breaking_point([1, 2], [2, 0], [1, 1])
    with pytest.raises(ArgumentError, match="trials: all are 0"):
        breaking_point([1, 2], [0, 0], [0, 0])
    with pytest.raises(ArgumentError, match="drives=0"):
        next_rung([1], [1], 0)
    with pytest.raises(ArgumentError, match="one of each a rung"):
        next_rung([1], [1, 2], 3)
