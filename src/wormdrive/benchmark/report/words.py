"""Words: names of models, and numbers with their intervals, as people read them."""

from __future__ import annotations

from typing import Final

from wormdrive.benchmark.report.standing import Departures, Standing
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.scenarios.report.summary import listing, percent

__all__ = [
    "LIQUID",
    "departures_words",
    "listing",
    "model_title",
    "p_value",
    "percent",
    "points",
    "rate",
    "share",
    "short_rate",
    "signed",
]

LIQUID: Final = ("ncp", "cfc", "ltc_full", "ltc_random")
"""Models with liquid neurons."""

_TITLES: Final = {
    "ncp": "NCP-LTC",
    "cfc": "NCP-CfC",
    "lstm": "LSTM",
    "gru": "GRU",
    "ctrnn": "CT-RNN",
    "gru_ode": "ODE-GRU",
    "feedforward": "feed-forward",
    "cnn": "CNN",
    "ltc_full": "full LTC",
    "ltc_random": "random LTC",
    "transformer": "transformer",
}


def model_title(model: str) -> str:
    """Return a model's usual name."""
    return _TITLES.get(model, model)


def rate(value: Interval | float) -> str:
    """Word a rate with its interval: 84 % (61 to 97); without one where it has none, or all units are alike."""
    if not isinstance(value, Interval) or value.low == value.high:
        return percent(value.estimate if isinstance(value, Interval) else value)
    return f"{percent(value.estimate)} ({100.0 * value.low:.0f} to {100.0 * value.high:.0f})"


def short_rate(standing: Standing) -> str:
    """Word a standing's mean with its interval."""
    return rate(standing.mean if standing.interval is None else standing.interval)


def points(value: Interval) -> str:
    """Word a difference of rates with its interval: +12 points (-3 to +25)."""
    low, high = (signed(end) for end in (value.low, value.high))
    return f"{signed(value.estimate)} points" + (f" ({low} to {high})" if value.low < value.high else "")


def signed(value: float) -> str:
    """Word a difference of rates in points, with its sign."""
    rounded = round(100.0 * value)
    return "0" if rounded == 0 else f"{rounded:+d}".replace("-", "\N{MINUS SIGN}")


def share(value: Interval) -> str:
    """Word a share of the variance: 12 % (3 to 20)."""
    whole = [f"{100.0 * number:.0f}" for number in (value.estimate, value.low, value.high)]
    return f"{whole[0]} % ({whole[1]} to {whole[2]})"


def p_value(value: float) -> str:
    """Word a p-value."""
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def departures_words(found: Departures) -> str:
    """Word kilometres per departure, and how far the trainings lie apart: 1.2 (0.3 to 9.1)."""
    if found.count == 0:
        return f"none in {_km(found.before_km)}"
    known = [value for value in found.by_seed if value is not None]
    text = _km(found.before_km / found.count)
    if len(found.by_seed) < 2:
        return text
    most = _km(max(known)) if len(known) == len(found.by_seed) else "none"
    return f"{text} ({_km(min(known))} to {most})"


def _km(value: float) -> str:
    return f"{value:.2f}" if value < 1.0 else f"{value:.1f}" if value < 100.0 else f"{value:.0f}"
