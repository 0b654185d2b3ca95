"""Charts of flights: how each condition went, and how far the object was as time went by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wormdrive.envs.find_target.dynamics import DT_S
from wormdrive.find_target.report.counts import ENDS, ConditionCounts
from wormdrive.find_target.report.views import FlightWay
from wormdrive.scenarios.report.canvas import Canvas, Scale

__all__ = ["END_SERIES", "WAY_SERIES", "ends_chart", "success_chart", "ways_chart"]

END_SERIES: Final = dict(zip(ENDS, (0, 1, 3, 4), strict=True))
"""Which of the page's colours stands for an end."""

WAY_SERIES: Final = {"found": 0, "not found": 1}
"""Which colour and marker a flight's way has."""

_LONGEST_NAME: Final = 18

_LEFT, _RIGHT, _TOP, _ROW = 136.0, 14.0, 8.0, 26.0
_WIDTH: Final = 460.0
_PERCENT: Final = [(0.0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1.0, "100 %")]


def success_chart(counts: Sequence[ConditionCounts]) -> str:
    """Draw for each condition the share of flights that found the object, with its interval."""
    canvas, share, bottom = _rows(counts, "Flights that found the object, by condition, with 95 % intervals")
    canvas.across(share, _PERCENT, _TOP, bottom, "flights that found it")
    for k, one in enumerate(counts):
        y = _TOP + (k + 0.5) * _ROW
        canvas.text((_LEFT - 10.0, y + 4.0), _short(one.condition), "name", "end")
        canvas.line((share(one.ci95[0]), y), (share(one.ci95[1]), y), "bar s0")
        canvas.mark((share(one.rate), y), 0, f"{one.condition}: {one.found} of {one.flights}")
    return canvas.svg


def ends_chart(counts: Sequence[ConditionCounts]) -> str:
    """Draw for each condition how its flights ended."""
    canvas, share, bottom = _rows(counts, "How flights ended, by condition")
    canvas.across(share, _PERCENT, _TOP, bottom, "flights")
    for k, one in enumerate(counts):
        y, before = _TOP + k * _ROW, 0
        canvas.text((_LEFT - 10.0, y + 0.5 * _ROW + 4.0), _short(one.condition), "name", "end")
        for reason, number in one.ends.items():
            if number:
                left, right = (share(part / one.flights) for part in (before, before + number))
                kind = f"end s{END_SERIES[reason]}"
                canvas.box((left, y + 4.0), (right - left, _ROW - 8.0), kind, f"{ENDS[reason]}: {number}")
            before += number
    return canvas.svg


def ways_chart(condition: str, ways: Sequence[FlightWay], seconds: float, metres: float) -> str:
    """Draw the distance to the object of every flight of a condition, up to ``seconds`` and ``metres``."""
    canvas = Canvas(320.0, 190.0, f"Distance to the object over time: {condition}")
    across, up = Scale(0.0, seconds, 34.0, 310.0), Scale(0.0, metres, 150.0, 12.0)
    canvas.across(across, [(t, f"{t:g}") for t in _ticks(seconds)], 12.0, 150.0, "time [s]")
    canvas.up(up, [(m, f"{m:g} m") for m in _ticks(metres)], 34.0, 310.0)
    for way in sorted(ways, key=lambda way: way.found, reverse=True):  # those that failed on top
        points = [(across(step * DT_S), up(float(metre))) for step, metre in enumerate(way.to_target_m)]
        how = "found" if way.found else "not found"
        canvas.curve(points, f"curve faint s{WAY_SERIES[how]}")
        canvas.mark(points[-1], WAY_SERIES[how], f"{way.colour}, {how}", "mark small")
    return canvas.svg


def _rows(counts: Sequence[ConditionCounts], label: str) -> tuple[Canvas, Scale, float]:
    bottom = _TOP + _ROW * len(counts)
    return Canvas(_WIDTH, bottom + 36.0, label), Scale(0.0, 1.0, _LEFT, _WIDTH - _RIGHT), bottom


def _ticks(end: float) -> list[float]:
    step = next(step for step in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0) if end / step <= 5.0 or step == 200.0)
    return [k * step for k in range(int(end // step) + 1)]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
