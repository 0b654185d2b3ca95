"""The comparison's page: a table a subject, a row a model, ``comparison.html``."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from wormdrive.audit.comparison import COLUMNS, Column, Comparison
from wormdrive.audit.page.fragments import environment, figures, percent
from wormdrive.audit.page.wheel import TREE_SOURCES, drives_cell
from wormdrive.scenarios.report.templates import style_sheet

__all__ = ["comparison_page"]

_STYLE: Final = Path(__file__).with_name("explain.css")


def comparison_page(comparison: Comparison, command: str, pages: Collection[str] = ()) -> str:
    """Return the page as HTML; models in ``pages`` have one of their own, in a folder of their name beside it."""
    tables = {
        subject: (
            [column.heading for column in columns],
            {name: [_cell(column, row[column.name]) for column in columns] for name, row in comparison.rows.items()},
        )
        for subject, columns in COLUMNS.items()
    }
    return environment().get_template("comparison.html.jinja").render(
        style=style_sheet(_STYLE),
        about=comparison.about,
        pages=pages,
        tables=tables,
        wheel=_wheel(comparison.wheel),
        command=command,
    )  # fmt: skip


def _cell(column: Column, value: Any) -> str:
    if column.shown == "number":
        return figures(value, 2)
    return percent(max(value, 0.0) if value is not None and column.name.startswith("share_of_") else value)


def _wheel(found: dict[str, dict[str, Any] | None]) -> dict[str, tuple[list[int], dict[str, list[str]]]]:
    """Return by what trees are made of: their leaves, and a row a model, the network itself last."""
    driven = {name: wheel for name, wheel in found.items() if wheel is not None}
    tables = {}
    for source, said in TREE_SOURCES.items():
        held = {name: wheel["trees"][source] for name, wheel in driven.items() if source in wheel["trees"]}
        if held:
            leaves = [tree["leaves"] for tree in next(iter(held.values()))]
            rows = {
                name: [*(drives_cell(tree) for tree in trees), drives_cell(driven[name]["network"])]
                for name, trees in held.items()
            }
            tables[said] = (leaves, rows)
    return tables
