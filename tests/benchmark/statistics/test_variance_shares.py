from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from wormdrive.benchmark.statistics.factorial_design import Design, Factor
from wormdrive.benchmark.statistics.variance_shares import eta_squared, omega_squared, variance_shares
from wormdrive.envs.common.errors import ArgumentError

DESIGN = Design(
    (
        Factor("augmentation", 3),
        Factor("controller", 4),
        Factor("seed", 5, sampled=True, nested_in=("augmentation", "controller")),
        Factor("route", 16, sampled=True),
    )
)
NAMES = [term.name for term in DESIGN.terms]
AUGMENTATION = np.array([-1.0, 0.0, 1.0])
TRUE = {"augmentation": 2 / 3, "seed": 0.64, "route": 0.25, "seed:route": 1.0}


def scores(rng: np.random.Generator) -> np.ndarray:
    """Effects of augmentation, seed and route, none of the controller."""
    return (
        AUGMENTATION[:, None, None, None]
        + rng.normal(0.0, 0.8, (3, 4, 5, 1))
        + rng.normal(0.0, 0.5, 16)
        + rng.normal(0.0, 1.0, DESIGN.shape)
    )


def test_one_factor_is_the_textbooks_eta_and_omega_squared() -> None:
    groups = np.random.default_rng(0).normal([[0.0], [0.4], [1.0]], 1.0, (3, 7))
    design = Design((Factor("group", 3), Factor("sample", 7, sampled=True, nested_in=("group",))))
    whole, between = 21 * groups.var(), 7 * ((groups.mean(axis=1) - groups.mean()) ** 2).sum()
    error = (whole - between) / 18
    assert between / 2 / error == pytest.approx(stats.f_oneway(*groups).statistic)
    assert eta_squared(design, groups)[0] == pytest.approx(between / whole)
    assert omega_squared(design, groups)[0] == pytest.approx((between - 2 * error) / (whole + error))


def test_a_known_answer() -> None:
    rng = np.random.default_rng(0)
    found = np.mean([omega_squared(DESIGN, scores(rng)) for _ in range(300)], axis=0)
    whole = sum(TRUE.values())
    np.testing.assert_allclose(found, [TRUE.get(name, 0.0) / whole for name in NAMES], atol=0.01)


def test_one_cause_has_all_of_it() -> None:
    only = np.broadcast_to(AUGMENTATION[:, None, None, None], DESIGN.shape)
    shares = {share.term.name: share for share in variance_shares(DESIGN, only, resamples=50)}
    assert shares["augmentation"].eta_squared == pytest.approx(1.0)
    assert shares["augmentation"].omega_squared.low == pytest.approx(1.0)
    assert shares["controller"].omega_squared.high == pytest.approx(0.0)


@pytest.mark.slow
def test_nominal_95_percent_cover_90_percent_and_more() -> None:
    rng = np.random.default_rng(0)
    whole, tables = sum(TRUE.values()), 200
    covered = dict.fromkeys(NAMES, 0)
    for k in range(tables):
        for share in variance_shares(DESIGN, scores(rng), resamples=400, seed=k):
            truth = TRUE.get(share.term.name, 0.0) / whole
            covered[share.term.name] += share.omega_squared.low <= truth <= share.omega_squared.high
    assert min(covered.values()) >= 0.90 * tables
    for name in TRUE:
        assert covered[name] <= 0.99 * tables


def test_chunks_change_no_bit_and_seeds_do() -> None:
    held = scores(np.random.default_rng(0))
    whole, parts, other = (
        variance_shares(DESIGN, held, resamples=60, seed=seed, chunk=chunk)
        for seed, chunk in ((0, None), (0, 7), (1, None))
    )
    assert whole == parts != other
    assert variance_shares(DESIGN, held, resamples=60, chunk=1) == whole


@pytest.mark.parametrize(
    ("design", "held", "message"),
    [
        (DESIGN, np.zeros((3, 4, 5)), r"scores: shape \(3, 4, 5\); allowed are finite scores \(3, 4, 5, 16\)"),
        (DESIGN, np.ones(DESIGN.shape), "all are 1.0"),
        (DESIGN, np.full(DESIGN.shape, np.nan), "finite"),
        (Design((Factor("a", 2), Factor("b", 2))), np.arange(4.0).reshape(2, 2), "no factor is a sample"),
    ],
)
def test_bad_arguments(design: Design, held: np.ndarray, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        variance_shares(design, held)
