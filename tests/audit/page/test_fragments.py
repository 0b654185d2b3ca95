"""Numbers as readers want them."""

from __future__ import annotations

import math

import pytest

from wormdrive.audit.page.fragments import figures, fragment, percent, times


@pytest.mark.parametrize(
    ("value", "said"),
    [(12345.6, "12,346"), (0.01234, "0.0123"), (1.23e-5, "1.2e-05"), (0.0, "0"), (-2.0, "-2.00"), (9.0, "9.00")],
)
def test_figures(value: float, said: str) -> None:
    assert figures(value) == said


def test_what_is_no_number_is_a_dash() -> None:
    for value in (None, math.inf, math.nan):
        assert {figures(value), percent(value), times(value)} == {"–"}


def test_a_share_that_is_not_zero_never_looks_so() -> None:
    assert [percent(share) for share in (0.0, 0.0042, 0.42, -0.179, 1.0)] == ["0 %", "0.42 %", "42 %", "-18 %", "100 %"]


def test_text_is_escaped_and_drawings_are_not() -> None:
    tree = {"r2": 0.5, "leaves": 1, "paths": ["100 %: is at <b>"]}
    made = fragment("trees.html.jinja", neurons=[("inter_0", tree)], untold=["inter_<1>"], steering={}, measures=[])
    assert "is at &lt;b&gt;" in made
    assert "inter 0" in made
    assert "inter &lt;1&gt;" in made
