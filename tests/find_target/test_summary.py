from __future__ import annotations

import math

import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.find_target.evaluation import FlightRow
from wormdrive.find_target.summary import summarise


def rows(model: str, rates: list[int], condition: str = "winter") -> list[FlightRow]:
    return [
        FlightRow(model, seed, condition, k, "found" if k < rate else "lost", 1.0, 1.0)
        for seed, rate in enumerate(rates)
        for k in range(10)
    ]


def test_rates_and_differences_are_over_trainings() -> None:
    ncp, cnn = summarise([*rows("ncp", [9, 8, 10]), *rows("cnn", [2, 3, 1])], resamples=500)
    assert (ncp.model, ncp.condition, ncp.seeds, ncp.flights) == ("ncp", "winter", 3, 10)
    assert ncp.success.estimate == pytest.approx(0.9)
    assert ncp.success.low < 0.9 < ncp.success.high <= 1.0
    assert ncp.difference.estimate == pytest.approx(0.7)
    assert ncp.difference.low > 0.0
    assert ncp.p_value == pytest.approx(0.1)  # the least that three trainings against three can have
    assert ncp.lost == pytest.approx(0.1)
    assert math.isnan(cnn.difference.estimate)


def test_one_training_has_no_interval() -> None:
    (expert,) = summarise(rows("expert", [10]))
    assert expert.success.estimate == 1.0
    assert math.isnan(expert.success.low)


def test_trainings_that_flew_different_flights_are_refused() -> None:
    with pytest.raises(ArgumentError, match="flights of ncp: training 0 lacks 10; allowed"):
        summarise([*rows("ncp", [5, 5]), FlightRow("ncp", 1, "winter", 10, "found", 1.0, 1.0)])
