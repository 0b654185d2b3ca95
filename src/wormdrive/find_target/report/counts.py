"""Counts: how the flights of each condition ended, and how sure one may be of the share that found the object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from wormdrive.find_target.evaluation import FlightRow
from wormdrive.scenarios.intervals import wilson_interval

__all__ = ["ENDS", "ConditionCounts", "counted", "plain"]

ENDS: Final = {
    "found": "found it",
    "collision": "hit a trunk",
    "lost": "lost it from view",
    "time_limit": "ran out of time",
}
"""How flights end, in words."""


@dataclass(frozen=True)
class ConditionCounts:
    """The flights of one condition: ``ends`` counts them by their end.

    ``seconds`` is the median time of those that found it;
    ``ci95`` is Wilson's interval of the share that found it.
    """

    condition: str
    flights: int
    found: int
    ci95: tuple[float, float]
    ends: dict[str, int]
    seconds: float | None

    @property
    def rate(self) -> float:
        """Share of the flights that found it."""
        return self.found / self.flights


def counted(rows: Sequence[FlightRow]) -> list[ConditionCounts]:
    """Count the flights of one pilot, conditions in their order."""
    found = []
    for condition in dict.fromkeys(row.condition for row in rows):
        here = [row for row in rows if row.condition == condition]
        reasons = Counter(row.end_reason for row in here)
        times = [row.time_s for row in here if row.found]
        found.append(
            ConditionCounts(
                condition,
                len(here),
                len(times),
                wilson_interval(len(times), len(here)),
                {reason: reasons[reason] for reason in ENDS},
                median(times) if times else None,
            )
        )
    return found


def plain(counts: Sequence[ConditionCounts]) -> list[dict[str, Any]]:
    """Return JSON values."""
    return [{**asdict(one), "ci95": list(one.ci95), "rate": one.rate} for one in counts]
