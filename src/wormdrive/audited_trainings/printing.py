"""Printing: the key figures of all groups in a terminal, and their differences that are no chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wormdrive.audited_trainings.figures import FIGURES
from wormdrive.audited_trainings.page import shown
from wormdrive.audited_trainings.summary import REFERENCE, Group, is_clear

__all__ = ["print_groups"]

_KEY: Final = {
    "Road or scenery": ("road_share", "scenery_share", "shifted_back", "mirrored_slope", "attention_on_road"),
    "Trees and dynamics": (
        "legible_neurons", "situation_r2", "situation_leaves", "half_life_s", "time_constant_s",
    ),
}  # fmt: skip
"""By table, as many as a narrow terminal holds; the page has all."""

_NARROWEST: Final = 10
"""Of a column: an interval such as ``(49 to 53)``."""

_LABEL: Final = len("feedforward,")


def print_groups(console: Console, groups: Sequence[Group]) -> None:
    """Print key figures, a row a group; then, a line each, their differences from the reference that leave zero out."""
    columns = {column.name: column for of_subject in FIGURES.values() for column in of_subject}
    for subject, names in _KEY.items():
        table = Table(
            title=f"{subject}: mean over trainings, 95 % interval over training seeds",
            box=SIMPLE_HEAD,
            padding=(0, 0, 0, 1),
        )
        table.add_column("trainings", min_width=_LABEL)
        for name in names:
            heading = columns[name].heading
            least = max(_NARROWEST, *map(len, heading.split()))
            table.add_column(escape(heading), justify="right", min_width=least)
        for group in groups:
            cells = (shown(columns[name], group.figures[name]).replace(" (", "\n(") for name in names)
            table.add_row(f"{group.label}: {len(group.seeds)}".replace(", ", ",\n", 1), *cells)
        console.print(table)
    for group in groups:
        for name in (name for names in _KEY.values() for name in names):
            difference = group.differences[name]
            if is_clear(difference):
                said = shown(columns[name], difference, signed=True)
                of = f"{group.label}: {columns[name].heading}"
                console.print(f"{of}: {said} against {REFERENCE}", soft_wrap=True, highlight=False, markup=False)
