from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wormdrive.benchmark.statistics.factorial_design import Design, Factor
from wormdrive.envs.common.errors import ArgumentError

DESIGN = Design(
    (
        Factor("head", 2),
        Factor("controller", 3),
        Factor("seed", 4, sampled=True, nested_in=("head", "controller")),
        Factor("route", 5, sampled=True),
    )
)


def test_terms_of_a_nested_design() -> None:
    assert {term.name: term.degrees for term in DESIGN.terms} == {
        "head": 1,
        "controller": 2,
        "seed": 3 * 6,
        "route": 4,
        "head:controller": 2,
        "head:route": 4,
        "controller:route": 8,
        "seed:route": 3 * 6 * 4,
        "head:controller:route": 8,
    }
    assert sum(term.degrees for term in DESIGN.terms) == 2 * 3 * 4 * 5 - 1


def test_sums_of_squares_by_hand() -> None:
    scores = np.random.default_rng(0).normal(size=DESIGN.shape)
    sums = dict(zip((term.name for term in DESIGN.terms), DESIGN.sums_of_squares(scores), strict=True))
    mean, cells = scores.mean(), scores.mean(axis=(2, 3))
    assert sums["head"] == pytest.approx(60 * ((scores.mean(axis=(1, 2, 3)) - mean) ** 2).sum())
    assert sums["seed"] == pytest.approx(5 * ((scores.mean(axis=3) - cells[:, :, None]) ** 2).sum())
    inner = scores - scores.mean(axis=3, keepdims=True) - scores.mean(axis=2, keepdims=True) + cells[:, :, None, None]
    assert sums["seed:route"] == pytest.approx((inner**2).sum())


@settings(max_examples=30, deadline=None)
@given(levels=st.lists(st.integers(2, 4), min_size=1, max_size=4), seed=st.integers(0, 1000), nested=st.booleans())
def test_they_add_to_the_whole(levels: list[int], seed: int, nested: bool) -> None:
    outer = tuple(f"f{k}" for k in range(len(levels) - 1)) if nested else ()
    factors = [Factor(f"f{k}", n) for k, n in enumerate(levels[:-1])]
    design = Design((*factors, Factor("last", levels[-1], sampled=True, nested_in=outer)))
    scores = np.random.default_rng(seed).normal(size=(2, *design.shape))
    whole = (
        ((scores - scores.reshape(2, -1).mean(axis=1).reshape(2, *[1] * len(levels))) ** 2).reshape(2, -1).sum(axis=1)
    )
    np.testing.assert_allclose(design.sums_of_squares(scores).sum(axis=-1), whole)
    assert (design.sums_of_squares(scores) > -1e-9).all()


def test_components_of_two_crossed_samples_by_hand() -> None:
    # the textbook's two-way random effects: (MS_a - MS_ab) / b, (MS_b - MS_ab) / a, MS_ab
    design = Design((Factor("a", 4, sampled=True), Factor("b", 6, sampled=True)))
    sums = np.array([30.0, 40.0, 45.0])
    square = sums / [3, 5, 15]
    np.testing.assert_allclose(
        design.components(sums), [(square[0] - square[2]) / 6, (square[1] - square[2]) / 4, square[2]]
    )


def test_components_are_unbiased() -> None:
    rng = np.random.default_rng(0)
    batch = 4000
    head, controller = np.array([-0.5, 0.5]), np.array([-1.0, 0.0, 1.0])
    scores = (
        head[:, None, None, None]
        + controller[:, None, None]
        + rng.normal(0.0, 1.5, (batch, 2, 3, 4, 1))
        + rng.normal(0.0, 0.7, (batch, 1, 1, 1, 5))
        + rng.normal(0.0, 1.0, (batch, 2, 3, 4, 5))
    )
    found = DESIGN.components(DESIGN.sums_of_squares(scores))
    true = {"head": 0.25, "controller": 2 / 3, "seed": 2.25, "route": 0.49, "seed:route": 1.0}
    error = found.std(axis=0) / np.sqrt(batch)
    wanted = [true.get(term.name, 0.0) for term in DESIGN.terms]
    assert (np.abs(found.mean(axis=0) - wanted) < 4 * error).all()


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ((Factor("a", 1),), "factor 'a': levels=1"),
        ((Factor("a", 2), Factor("a", 3)), "factor 'a': is there twice"),
        ((Factor("a", 2), Factor("b", 2, nested_in=("c",))), "nested_in='c'; allowed are a"),
        ((Factor("a", 2, nested_in=("a",)),), "nested_in='a'; allowed are none"),
        ((Factor("a", 2), Factor("b", 2, nested_in=("a",)), Factor("c", 2, nested_in=("b",))), "nested_in='b'"),
    ],
)
def test_bad_designs(factors: tuple[Factor, ...], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        Design(factors)
