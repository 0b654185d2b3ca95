from __future__ import annotations

import pytest

from wormdrive.benchmark.report.standing import Departures
from wormdrive.benchmark.report.words import departures_words, model_title, p_value, points, rate, signed
from wormdrive.benchmark.statistics.interval import Interval


def interval(estimate: float, low: float, high: float) -> Interval:
    return Interval(estimate, low, high, 0.95)


def test_rates_and_points() -> None:
    assert rate(interval(0.842, 0.614, 0.97)) == "84 % (61 to 97)"
    assert rate(interval(1.0, 1.0, 1.0)) == rate(1.0) == "100 %"
    assert points(interval(0.12, -0.03, 0.25)) == "+12 points (\N{MINUS SIGN}3 to +25)"
    assert points(interval(0.0, 0.0, 0.0)) == "0 points"
    assert signed(-0.001) == "0"
    assert [p_value(p) for p in (0.0079, 0.35, 1.0)] == ["0.008", "0.35", "1.00"]
    assert model_title("ncp") == "NCP-LTC"
    assert model_title("abacus") == "abacus"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Departures(0, 16.0, (None, None), 0.0), "none in 16.0"),
        (Departures(4, 2.0, (0.25, 0.75), 0.0), "0.50 (0.25 to 0.75)"),
        (Departures(1, 120.0, (60.0, None), 0.0), "120 (60.0 to none)"),
        (Departures(2, 3.0, (1.5,), 0.0), "1.5"),
    ],
)
def test_kilometres_per_departure(found: Departures, words: str) -> None:
    assert departures_words(found) == words
