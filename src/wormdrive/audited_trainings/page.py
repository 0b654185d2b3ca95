"""The page: a table a subject, a row a kind and recipe, ``comparison.html``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from wormdrive.audit.comparison import Column
from wormdrive.audit.page.fragments import figures, percent
from wormdrive.audited_trainings.figures import FIGURES
from wormdrive.audited_trainings.summary import REFERENCE, Group, is_clear
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.scenarios.report.templates import page_environment, style_sheet

__all__ = ["groups_page", "shown"]

_FOLDER: Final = Path(__file__).parent


def groups_page(groups: Sequence[Group], command: str, pages: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return the page as HTML; ``pages`` has by group the names of its audits, and where their pages are."""
    tables = {
        subject: (
            [column.heading for column in columns],
            [
                (group, [_cell(column, group) for column in columns])
                for group in groups
                if any(group.figures[column.name] is not None for column in columns)
            ],
        )
        for subject, columns in FIGURES.items()
    }
    return page_environment(_FOLDER).get_template("comparison.html.jinja").render(
        style=style_sheet(_FOLDER / "comparison.css"),
        groups=groups,
        trainings=sum(len(group.seeds) for group in groups if group.recipe),
        tables={subject: table for subject, table in tables.items() if table[1]},
        pages=pages,
        reference=REFERENCE,
        command=command,
    )  # fmt: skip


def shown(column: Column, found: Interval | None, *, signed: bool = False) -> str:
    """Return an estimate and its interval as they are read: ``37 % (30 to 44)``."""
    if found is None:
        return percent(None)
    if column.shown == "number":
        said = figures(found.estimate, 2)
        between = " to ".join(figures(end, 2) for end in (found.low, found.high))
    else:
        said = percent(found.estimate)
        between = " to ".join(f"{100.0 * end:.0f}" for end in (found.low, found.high) if math.isfinite(end))
    sign = "+" if signed and found.estimate > 0.0 else ""
    return f"{sign}{said} ({between})" if math.isfinite(found.low) else f"{sign}{said}"


def _cell(column: Column, group: Group) -> tuple[str, str | None, bool]:
    """Return the figure, the difference from the reference if there is one, and whether that is clear."""
    difference = group.differences[column.name]
    told = None if difference is None else shown(column, difference, signed=True)
    return shown(column, group.figures[column.name]), told, is_clear(difference)
