"""An evaluation in words: the verdict, how each season went, and where and how a policy fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.scenarios.results import Evaluation, Failure, Row, mean_offset

__all__ = [
    "Account",
    "account",
    "interval",
    "km_per_departure",
    "listing",
    "map_title",
    "percent",
    "season_line",
    "verdict",
]

STRAIGHT = 1.0 / 400.0
"""Curvature [1/m] below which we call a road straight."""

TIGHT = 1.0 / 60.0
"""Curvature [1/m] from which we call a bend tight."""

SAME_PLACE_M = 20.0
"""Failures closer together than this happened in the same place."""

_MOST_NAMED = 4
"""Conditions named in a sentence; a longer list is better read in the table."""

_WEATHER = {
    "day": "by day",
    "dusk": "at dusk",
    "night": "at night",
    "fog": "in fog",
    "rain": "in rain",
    "snowfall": "in snowfall",
}

_REASON = {
    "lane_departure": "left the lane",
    "time_limit": "ran out of time",
    "collision": "hit another car",
}


@dataclass(frozen=True)
class Account:
    """Where a policy fails, in words: a leading sentence and the findings behind it."""

    lead: str
    findings: tuple[str, ...]


def interval(ends: tuple[float, float]) -> str:
    """Word an interval of rates: 72 to 100 %."""
    low, high = (percent(end).removesuffix(" %") for end in ends)
    return f"{low} to {high} %"


def percent(rate: float) -> str:
    """Word a rate without rounding a blemish away: 0.998 is 99.8 %, never 100 %."""
    share = 100.0 * rate
    near_an_end = min(share, 100.0 - share) < 10.0
    text = f"{share:.1f}".removesuffix(".0") if near_an_end else f"{share:.0f}"
    if (text == "100" and rate < 1.0) or (text == "0" and rate > 0.0):
        text = f"{share:.2f}"
    return f"{text} %"


def km_per_departure(found: tuple[float | None, tuple[float, float | None]]) -> str:
    """Word kilometres per departure with their interval: 4.0 (1.1 to 33), or what is known without a departure."""
    mean, (low, high) = found
    if mean is None:
        return f"above {_km(low)}"
    return f"{_km(mean)} ({_km(low)} to {_km(high)})" if high is not None else f"{_km(mean)} (above {_km(low)})"


def _km(distance_km: float) -> str:
    decimals = 2 if distance_km < 1.0 else 1 if distance_km < 10.0 else 0
    return f"{distance_km:.{decimals}f}"


def listing(items: Sequence[str]) -> str:
    """Join items as English does: a, b and c."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def map_title(name: str) -> str:
    """Word a map's name for people."""
    return name.replace("_", " ")


def verdict(evaluation: Evaluation) -> str:
    """One sentence on the whole suite."""
    done, of = evaluation.successes, evaluation.episodes
    if done == of:
        return f"kept all wheels in its lane in all {of} drives"
    share = f"kept all wheels in its lane in {done} of {of} drives ({percent(done / of)})"
    seasons = list(dict.fromkeys(row.season for row in evaluation.rows))
    clean = [name for name in seasons if _all_well(evaluation, name)]
    failing = [name for name in seasons if name not in clean]
    if not clean:
        worst = min(seasons, key=lambda name: _rate(evaluation, name))
        return f"{share}, with failures in every season, most in {worst}" if len(seasons) > 1 else share
    worst = min(failing, key=lambda name: _rate(evaluation, name))
    tail = "" if len(failing) == 1 else f", most often in {worst}"
    return f"{share}: never failed in {listing(clean)}, failed in {listing(failing)}{tail}"


def season_line(evaluation: Evaluation, season: str) -> str:
    """How one season went, in a sentence."""
    done, of = evaluation.season(season)
    rows = evaluation.season_rows(season)
    if of == 0:
        return "not driven"
    by_centre = sum(row.successes_by_centre for row in rows)
    within = f"{done} of {of} drives with all wheels in the lane"
    if by_centre > done:
        within += f" ({by_centre} by the car's centre)"
    if done == of:
        return f"{within}, {100.0 * mean_offset(rows):.0f} cm from the lane's centre on average"
    if done == 0:
        return f"{within}: failed in every weather" if len(rows) > 1 else within
    bad = sorted((row for row in rows if row.successes < row.episodes), key=lambda row: row.success_rate)
    where = listing([f"{_WEATHER[row.weather]} ({row.episodes - row.successes} of {row.episodes})" for row in bad])
    return f"{within}; failed {where}"


def account(evaluation: Evaluation) -> Account:
    """Say where, on what road and how a policy failed, from its failures."""
    failures, of = evaluation.failures, evaluation.episodes
    if not failures:
        fewest = min(row.episodes for row in evaluation.rows)
        return Account(
            f"It did not fail in {of} drives: the 95 % interval still allows {_at_most(of)} of drives to fail.",
            (
                f"For a single condition ({fewest} drives) the interval still allows {_at_most(fewest)}.",
                _closest_call(evaluation.rows),
            ),
        )
    low, high = wilson_interval(len(failures), of)
    lead = (
        f"It failed in {len(failures)} of {of} drives, {percent(len(failures) / of)} "
        f"(95 % interval {interval((low, high))})."
    )
    findings = [
        _by_centre(failures),
        _distance(evaluation),
        _worst(evaluation.rows),
        _bends(failures),
        _sides(failures),
        _places(failures),
        _junctions(failures),
        _weakest_link(evaluation.rows),
    ]
    return Account(lead, tuple(finding for finding in findings if finding))


def _all_well(evaluation: Evaluation, season: str) -> bool:
    done, of = evaluation.season(season)
    return done == of


def _rate(evaluation: Evaluation, season: str) -> float:
    done, of = evaluation.season(season)
    return done / of


def _at_most(drives: int) -> str:
    return f"up to {100.0 * wilson_interval(0, drives)[1]:.1f} %"


def _closest_call(rows: Iterable[Row]) -> str:
    row = max(rows, key=lambda row: row.max_abs_offset_m)
    return (
        f"Its closest call: {row.max_abs_offset_m:.2f} m from the lane's centre, {row.season} {_WEATHER[row.weather]}."
    )


def _by_centre(failures: Sequence[Failure]) -> str:
    """Tell failures by wheels alone from those by the car's centre."""
    alone = [failure for failure in failures if not failure.by_centre]
    if not alone:
        return ""
    most = 100.0 * max(failure.max_wheel_beyond_m for failure in alone)
    if len(alone) == len(failures):
        who = "In all of them" if len(alone) > 1 else "In it"
    else:
        who = f"In {len(alone)} of them"
    return (
        f"{who} the whole route was driven: wheels left the lane, by {most:.0f} cm at most, the car's centre did not."
    )


def _distance(evaluation: Evaluation) -> str:
    found = evaluation.km_per_departure
    if found[0] is None:
        return ""
    time = percent(evaluation.wheel_beyond_share)
    return (
        f"Kilometres per departure: {km_per_departure(found)}; a wheel was beyond the lane's border {time} of the time."
    )


def _worst(rows: Sequence[Row]) -> str:
    bad = sorted((row for row in rows if row.successes < row.episodes), key=lambda row: row.success_rate)
    if all(row.successes == 0 for row in rows):
        return "It failed in every condition, in every drive."
    named = [f"{row.season} {_WEATHER[row.weather]} ({row.episodes - row.successes} of {row.episodes})" for row in bad]
    well = len(rows) - len(bad)
    rest = f"the other {well} conditions did not fail" if well else "no condition went without a failure"
    if len(named) > _MOST_NAMED:
        held = f"{len(named) - _MOST_NAMED} more failed too"
        return f"Worst conditions, failures of drives: {listing(named[:_MOST_NAMED])}; {held}; {rest}."
    return f"Conditions that failed, failures of drives: {listing(named)}; {rest}."


def _bends(failures: Sequence[Failure]) -> str:
    kinds = Counter(_kind(failure.curvature) for failure in failures)
    parts = [f"{kinds[kind]} {kind}" for kind in ("on straight road", "in bends", "in tight bends") if kinds[kind]]
    tightest = max(abs(failure.curvature) for failure in failures)
    text = f"On the road: {listing(parts)}"
    if tightest > STRAIGHT:
        text += f" (tight: radius below {1 / TIGHT:.0f} m); the tightest has a radius of {1.0 / tightest:.0f} m"
    reasons = Counter(failure.reason for failure in failures)
    if set(reasons) != {"lane_departure"}:
        text += "; " + listing([f"{count} {_REASON.get(reason, reason)}" for reason, count in reasons.most_common()])
    return text + "."


def _sides(failures: Sequence[Failure]) -> str:
    left_lane = [failure for failure in failures if failure.reason == "lane_departure"]
    if len(left_lane) < 2:
        return ""
    left = sum(failure.lateral_offset_m > 0.0 for failure in left_lane)
    text = f"Departures: {left} to the left, {len(left_lane) - left} to the right"
    bent = [failure for failure in left_lane if abs(failure.curvature) > STRAIGHT]
    if bent:
        outside = sum(failure.curvature * failure.lateral_offset_m < 0.0 for failure in bent)
        text += f"; of the {len(bent)} in bends, {outside} to the outside"
    return text + "."


def _kind(curvature: float) -> str:
    if abs(curvature) < STRAIGHT:
        return "on straight road"
    return "in bends" if abs(curvature) < TIGHT else "in tight bends"


def _places(failures: Sequence[Failure]) -> str:
    maps = Counter(failure.map for failure in failures)
    text = "Where: " + listing([f"{count} on {map_title(name)}" for name, count in maps.most_common()])
    crowd = max((_near(failure, failures) for failure in failures), key=len)
    if len(crowd) > 1:
        spot = crowd[0]
        text += (
            f"; {len(crowd)} of them within {SAME_PLACE_M:.0f} m of one another, on {map_title(spot.map)} near "
            f"x = {round(spot.x_m)} m, y = {round(spot.y_m)} m"
        )
        if abs(spot.curvature) > STRAIGHT:
            side = "left" if spot.curvature > 0.0 else "right"
            text += f", in a {side} bend of {1.0 / abs(spot.curvature):.0f} m radius"
    return text + "."


def _near(centre: Failure, failures: Sequence[Failure]) -> list[Failure]:
    return [centre] + [
        other
        for other in failures
        if other is not centre
        and other.map == centre.map
        and (other.x_m - centre.x_m) ** 2 + (other.y_m - centre.y_m) ** 2 < SAME_PLACE_M**2
    ]


def _junctions(failures: Sequence[Failure]) -> str:
    count = sum(failure.at_junction for failure in failures)
    if count == 0:
        return ""
    return (
        f"{count} of {len(failures)} failed at a junction, where the route's way is drawn by its seed and nothing "
        "tells the driver which way to take."
    )


def _weakest_link(rows: Sequence[Row]) -> str:
    well = [row for row in rows if row.successes == row.episodes]
    if not well:
        return ""
    row = max(well, key=lambda row: row.max_abs_offset_m)
    return (
        f"Nearest to failing among the conditions that held: {row.season} {_WEATHER[row.weather]}, up to "
        f"{row.max_abs_offset_m:.2f} m from the lane's centre."
    )
