"""Printing: the groups as tables in a terminal, and the differences that are no chance."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from wormdrive.audited_trainings.figures import FIGURES
from wormdrive.audited_trainings.page import shown
from wormdrive.audited_trainings.summary import REFERENCE, Group, is_clear

__all__ = ["print_groups"]


def print_groups(console: Console, groups: Sequence[Group]) -> None:
    """Print a table a subject, a row a group; then, a line each, differences from the reference that leave zero out."""
    for subject, columns in FIGURES.items():
        held = [group for group in groups if any(group.figures[column.name] is not None for column in columns)]
        if not held:
            continue
        table = Table(title=f"{subject}: mean over trainings, and its 95 % interval over training seeds")
        table.add_column("")
        table.add_column("trainings", justify="right")
        for column in columns:
            table.add_column(column.heading, justify="right")
        for group in held:
            cells = (shown(column, group.figures[column.name]) for column in columns)
            table.add_row(group.label, str(len(group.seeds)), *cells)
        console.print(table)
    for group in groups:
        for subject, columns in FIGURES.items():
            for column in columns:
                difference = group.differences[column.name]
                if is_clear(difference):
                    said = shown(column, difference, signed=True)
                    where = f"{group.label}, {subject}, {column.heading}"
                    console.print(f"{where}: {said} against {REFERENCE}", soft_wrap=True, highlight=False)
