"""Figures: what is told of every audited training: the columns of a comparison, and how trees drove in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from wormdrive.audit.comparison import COLUMNS, Column
from wormdrive.audit.page.wheel import TREE_SOURCES
from wormdrive.audit.wheel.section import LEAVES

__all__ = ["FIGURES", "NAMES", "figures_of"]

_WHEEL: Final = ("sections", "wheel")


def _within(driven: Mapping[str, Any]) -> float:
    """Return the share of the drives on which no wheel left the lane."""
    return float(driven["within"] / driven["drives"])


def _within_by(leaves: int) -> Callable[[Sequence[Mapping[str, Any]]], float | None]:
    """Return what tells the same of the tree of so many leaves, ``None`` where there is none."""

    def told(trees: Sequence[Mapping[str, Any]]) -> float | None:
        return next((_within(tree) for tree in trees if tree["leaves"] == leaves), None)

    return told


FIGURES: Final[dict[str, tuple[Column, ...]]] = {
    **COLUMNS,
    "On other roads: drives within the lane": (
        Column("network_within", "the network itself", (*_WHEEL, "network"), told=_within),
        Column("constant_within", "its mean steering", (*_WHEEL, "constant"), told=_within),
    ),
    **{
        f"... a tree of {said} in its place": tuple(
            Column(
                f"{source}_tree_{leaves}_within",
                f"{leaves} leaves",
                (*_WHEEL, "trees", source),
                told=_within_by(leaves),
            )
            for leaves in LEAVES
        )
        for source, said in TREE_SOURCES.items()
    },
}
"""By table."""

NAMES: Final = tuple(column.name for columns in FIGURES.values() for column in columns)
"""Of all figures, in order."""


def figures_of(data: Mapping[str, Any]) -> dict[str, float | None]:
    """Return all figures of an audit as plain data (``explain.json``) by name; ``None`` if it has not got one."""
    return {column.name: column.of(data) for columns in FIGURES.values() for column in columns}
