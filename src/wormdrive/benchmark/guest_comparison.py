"""Guest comparison: a guest beside the trainings of a table, on the drives that both have driven.

Route by route: a route is the same map, route and scenario seed in every condition, so that drives of one route are
alike. Of each the difference is taken, mean over the conditions and the trainings that drove it; Student's interval is
over the routes. It says nothing of how far another training of the guest would be from this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text
from scipy.special import stdtrit

from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.scenarios.suite import FACTORS
from wormdrive.scenarios.writing import write_csv

__all__ = ["ALL", "PairedDifference", "compare_guests", "print_guests", "write_guests"]

ALL: Final = "all"
"""Of all seasons together."""

_LEVEL: Final = 0.95


@dataclass(frozen=True)
class PairedDifference:
    """A guest less the trainings of one model by one recipe, in success.

    Attributes
    ----------
    suite, season:
        Where; ``season`` may be ``ALL``.
    conditions, routes, trainings:
        How many conditions and routes both drove, and how many trainings of the other there are.
    guest_success, success:
        Share of the drives without any wheel leaving the lane, of the guest, and of the other, mean over its trainings.
    difference, low, high:
        Of the two, and its 95 % interval over routes; without one where there is a single route.
    """

    guest: str
    model: str
    recipe: str
    suite: str
    season: str
    conditions: int
    routes: int
    trainings: int
    guest_success: float
    success: float
    difference: float
    low: float | None
    high: float | None


def compare_guests(guests: DriveTable, table: DriveTable) -> list[PairedDifference]:
    """Compare each guest with all models and recipes of a table, suite by suite, and season by season.

    Ladders are left out: who bisects them drives other rungs.
    """
    found = []
    others = [_paired(rows) for rows in _without_ladders(table).groups("suite", "recipe", "model").values()]
    for (name, suite), own in _without_ladders(guests).groups("model", "suite").items():
        mine = {_drive(row): row.success for row in own}
        seasons = [ALL, *own.values("season")]
        for first, theirs in others:
            if first.suite == suite:
                for season in seasons if len(seasons) > 2 else seasons[:1]:
                    if difference := _difference(str(name), first, mine, theirs, season):
                        found.append(difference)
    return found


def write_guests(differences: Iterable[PairedDifference], file: Path) -> None:
    """Write all differences to a CSV file.

    Raises
    ------
    ArgumentError
        It cannot be written.
    """
    write_csv(file, [field.name for field in fields(PairedDifference)], [astuple(one) for one in differences])


def print_guests(console: Console, differences: Sequence[PairedDifference], beside: str) -> None:
    """Print a table a guest and suite, over all seasons: a row a model and recipe, the best first.

    ``beside`` is what these are called.
    """
    for guest, suite in dict.fromkeys((one.guest, one.suite) for one in differences):
        shown = [one for one in differences if (one.guest, one.suite, one.season) == (guest, suite, ALL)]
        mean = f"{100 * max(shown, key=lambda one: one.conditions * one.routes).guest_success:.0f} %"
        table = Table(title=Text(f"{suite}: {guest}, in the lane on {mean}, beside {beside} on the same drives"))
        for column in ("", "seeds", "in the lane", "guest less this", "drives"):
            table.add_column(column, justify="left" if not column else "right", no_wrap=bool(column))
        for one in sorted(shown, key=lambda one: -one.success):
            table.add_row(
                Text(f"{one.model}, {one.recipe}"),
                str(one.trainings),
                f"{100 * one.success:.0f} %",
                _points(one),
                f"{one.conditions} x {one.routes}",
            )
        console.print(table)
    if differences:
        console.print(
            "Intervals (95 %) are over routes. A guest is one training: how far another one of its kind would be from "
            "it is unknown, and in no interval.",
            soft_wrap=True,
        )


def _points(one: PairedDifference) -> str:
    between = "" if one.low is None or one.high is None else f" ({100 * one.low:+.0f} to {100 * one.high:+.0f})"
    return f"{100 * one.difference:+.0f}{between}"


def _without_ladders(table: DriveTable) -> DriveTable:
    return DriveTable(tuple(row for row in table if row.clock and (row.rung is None or row.shift == FACTORS)))


def _drive(row: DriveRow) -> tuple[object, ...]:
    return (*row.condition(), row.map, row.route)


def _paired(rows: DriveTable) -> tuple[DriveRow, dict[tuple[object, ...], list[DriveRow]]]:
    """Return one of the rows, and all of them by drive."""
    by_drive: dict[tuple[object, ...], list[DriveRow]] = {}
    for row in rows:
        by_drive.setdefault(_drive(row), []).append(row)
    return rows.rows[0], by_drive


def _difference(
    guest: str,
    first: DriveRow,
    mine: dict[tuple[object, ...], bool],
    theirs: dict[tuple[object, ...], list[DriveRow]],
    season: str,
) -> PairedDifference | None:
    both = {key: rows for key, rows in theirs.items() if key in mine and season in (ALL, rows[0].season)}
    if not both:
        return None
    pairs = [
        (rows[0].map, rows[0].route, float(mine[key]), float(np.mean([row.success for row in rows])))
        for key, rows in both.items()
    ]
    own, other = np.array([pair[2] for pair in pairs]), np.array([pair[3] for pair in pairs])
    routes = list(dict.fromkeys(pair[:2] for pair in pairs))
    which = np.array([routes.index(pair[:2]) for pair in pairs])
    by_route = np.array([float((own - other)[which == k].sum()) for k in range(len(routes))])
    estimate, low, high = float((own - other).mean()), None, None
    if len(routes) > 1:
        counts = np.bincount(which)
        left = by_route - estimate * counts  # of the ratio of sums: routes may have been driven in fewer conditions
        spread = float(np.sqrt((left**2).sum() * len(routes) / (len(routes) - 1))) / len(pairs)
        half = float(stdtrit(len(routes) - 1, (1.0 + _LEVEL) / 2.0)) * spread
        low, high = max(estimate - half, -1.0), min(estimate + half, 1.0)
    return PairedDifference(
        guest,
        first.model,
        first.recipe,
        first.suite,
        season,
        conditions=len({rows[0].condition() for rows in both.values()}),
        routes=len(routes),
        trainings=len({row.seed for rows in both.values() for row in rows}),
        guest_success=float(own.mean()),
        success=float(other.mean()),
        difference=estimate,
        low=low,
        high=high,
    )
