from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.benchmark.statistics.holm import holm
from wormdrive.envs.common.errors import ArgumentError


def test_known_values() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_between_none_and_bonferroni_in_the_same_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    for p_value, found in zip(p_values, corrected, strict=True):
        assert p_value <= found <= min(1.0, p_value * len(p_values))
    assert min(corrected) == min(1.0, min(p_values) * len(p_values))
    ranked = sorted(zip(p_values, corrected, strict=True))
    assert [found for _, found in ranked] == sorted(corrected)


@pytest.mark.parametrize("bad", [-0.1, 1.5, float("nan")])
def test_what_is_no_p_value(bad: float) -> None:
    with pytest.raises(ArgumentError, match=r"p_values\[1\]="):
        holm([0.5, bad])
