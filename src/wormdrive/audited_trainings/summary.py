"""Summary: what audits of several trainings say of each kind and recipe, and of its difference from the memoryless one.

A mean is over the trainings that have the figure, each of which counts once: drives and poses within an audit say how
well that one network is known, not what the next training will be. Its 95 % interval is over training seeds
(``benchmark.statistics.bootstrap``, whose intervals of a mean over a handful of trainings come to Student's). The
difference from the reference by the same recipe is taken seed by seed, on the same roads, and its mean has an interval
alike; it holds whether or not two kinds have anything in common for their equal seeds. Nothing is corrected for how
many figures are told: of twenty intervals one misses by chance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from wormdrive.audited_trainings.audit_row import AuditRow
from wormdrive.audited_trainings.figures import NAMES
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.statistics.mean_interval import mean_interval

__all__ = ["REFERENCE", "Group", "is_clear", "summaries_json", "summarise"]

REFERENCE: Final = "feedforward"
"""What has no memory: what the others are told apart from."""


@dataclass(frozen=True)
class Group:
    """All trainings of one kind by one recipe.

    Attributes
    ----------
    seeds:
        From which they were trained.
    figures:
        By name the mean with its interval, of which the ends are NaN where there is one training; ``None`` of figures
        that none of them has.
    differences:
        The same of the difference from the reference by the same recipe, over the seeds that have both; ``None`` also
        where there are none, and of the reference itself.
    """

    kind: str
    recipe: str
    seeds: tuple[int, ...]
    figures: Mapping[str, Interval | None]
    differences: Mapping[str, Interval | None]

    @property
    def label(self) -> str:
        """Name it."""
        return f"{self.kind}, {self.recipe}" if self.recipe else self.kind


def summarise(rows: Sequence[AuditRow]) -> list[Group]:
    """Sum up audits by kind and recipe, in the order of the rows."""
    groups: dict[tuple[str, str], dict[int, AuditRow]] = {}
    for row in rows:
        of = row.training
        groups.setdefault((of.kind, of.recipe), {})[of.seed] = row
    return [
        Group(
            kind,
            recipe,
            tuple(own),
            {name: _mean(kind, [row.figures[name] for row in own.values()]) for name in NAMES},
            {name: _difference(kind, name, own, groups.get((REFERENCE, recipe), {})) for name in NAMES},
        )
        for (kind, recipe), own in groups.items()
    ]


def is_clear(difference: Interval | None) -> bool:
    """Whether there is an interval, and it leaves zero out."""
    return difference is not None and (difference.low > 0.0 or difference.high < 0.0)


def summaries_json(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """Return plain data; ends of intervals that are not there are ``None``."""
    return [
        {
            "kind": group.kind,
            "recipe": group.recipe,
            "seeds": list(group.seeds),
            "figures": {name: _plain(figure) for name, figure in group.figures.items()},
            f"less_{REFERENCE}": {name: _plain(figure) for name, figure in group.differences.items()},
        }
        for group in groups
    ]


def _mean(name: str, values: Sequence[float | None]) -> Interval | None:
    held = np.array([value for value in values if value is not None], np.float64)
    return mean_interval(name, held[:, None]) if len(held) else None


def _difference(kind: str, name: str, own: Mapping[int, AuditRow], theirs: Mapping[int, AuditRow]) -> Interval | None:
    if kind == REFERENCE:
        return None
    pairs = [(row.figures[name], theirs[seed].figures[name]) for seed, row in own.items() if seed in theirs]
    return _mean(kind, [mine - other for mine, other in pairs if mine is not None and other is not None])


def _plain(figure: Interval | None) -> dict[str, float | None] | None:
    if figure is None:
        return None
    ends = asdict(figure)
    return {name: value if math.isfinite(value) else None for name, value in ends.items()}
