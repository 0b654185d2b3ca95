"""Words: a test of flights in a headline and a paragraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wormdrive.find_target.evaluation import FlightRow
from wormdrive.find_target.report.counts import ENDS, ConditionCounts
from wormdrive.find_target.report.views import FlightViews
from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.scenarios.report.summary import interval, listing, percent

__all__ = ["conclusions", "headline"]


def headline(counts: Sequence[ConditionCounts]) -> str:
    """Say in one sentence how it went, after the pilot's name."""
    found, flights = _sums(counts)
    said = f"found the object in {found} of {flights} flights ({percent(found / flights)})"
    best, worst = max(counts, key=lambda one: one.rate), min(counts, key=lambda one: one.rate)
    if best.rate == worst.rate:
        return said
    return f"{said}; best: {_of(best)}, worst: {_of(worst)}"


def conclusions(counts: Sequence[ConditionCounts], rows: Sequence[FlightRow], views: Sequence[FlightViews]) -> str:
    """Return a paragraph: how sure, where it fails against the first condition, how, and to which colour."""
    found, flights = _sums(counts)
    said = [f"Over all conditions the 95 % interval of its success is {interval(wilson_interval(found, flights))}."]
    said += [_worst(counts), _paired(counts, rows), _failures(counts), _colours(views)]
    said.append(
        "Intervals are over flights, counted as independent: another training of the same kind can differ by more."
    )
    return " ".join(one for one in said if one)


def _sums(counts: Sequence[ConditionCounts]) -> tuple[int, int]:
    return sum(one.found for one in counts), sum(one.flights for one in counts)


def _worst(counts: Sequence[ConditionCounts]) -> str:
    worst = min(counts, key=lambda one: one.rate)
    if worst.found == worst.flights or len(counts) < 2:
        return ""
    return f"In the worst condition, {worst.condition}, it is {interval(worst.ci95)}."


def _paired(counts: Sequence[ConditionCounts], rows: Sequence[FlightRow]) -> str:
    """Compare the condition that lost most with the first, flight by flight."""
    first = counts[0].condition
    found = {(row.condition, row.flight): row.found > 0.0 for row in rows}
    lost: Mapping[str, int] = {
        one.condition: sum(found[first, k] and not found[one.condition, k] for k in range(one.flights))
        for one in counts[1:]
    }
    if not lost or not any(lost.values()):
        return ""
    most = max(lost, key=lambda condition: lost[condition])
    won = sum(found[most, k] and not found[first, k] for k in range(counts[0].flights))
    were = "was" if lost[most] == 1 else "were"
    return (
        f"On the same flights, {_flights(lost[most])} found in {first} {were} not found "
        f"in {most}, and {won or 'none'} the other way round."
    )


def _failures(counts: Sequence[ConditionCounts]) -> str:
    ends = {reason: sum(one.ends[reason] for one in counts) for reason in ENDS if reason != "found"}
    failed = sum(ends.values())
    if not failed:
        return "No flight failed."
    parts = [f"{number} {ENDS[reason]}" for reason, number in ends.items() if number]
    return f"Of the {_flights(failed)} that failed, {listing(parts)}."


def _colours(views: Sequence[FlightViews]) -> str:
    by_colour: dict[str, list[bool]] = {}
    for way in (way for one in views for way in one.ways):
        by_colour.setdefault(way.colour, []).append(way.found)
    rates = {colour: sum(found) / len(found) for colour, found in by_colour.items()}
    best, worst = max(rates, key=lambda colour: rates[colour]), min(rates, key=lambda colour: rates[colour])
    if rates[best] == rates[worst]:
        return ""
    of = {colour: f"{sum(found)} of {len(found)}" for colour, found in by_colour.items()}
    return f"By colour: {worst} objects were found most seldom ({of[worst]}), {best} ones most often ({of[best]})."


def _of(one: ConditionCounts) -> str:
    return f"{one.condition} ({one.found} of {one.flights})"


def _flights(number: int) -> str:
    return f"{number} flight{'' if number == 1 else 's'}"
