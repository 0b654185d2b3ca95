"""Findings: what the drives of all trainings come to, each way beside the frozen weights, over training seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.adapting.course import PHASES, Course
from wormdrive.adapting.measure import Driven
from wormdrive.adapting.ways import BASELINE, WAYS
from wormdrive.benchmark.statistics.bootstrap import bootstrap

__all__ = ["ALL", "METRICS", "Figure", "Findings", "Training"]

METRICS: Final = ("in_lane", "on_road", "metres")
"""Of ``Driven``."""

ALL: Final = "all together"
"""The group of all trainings, where there is more than one group."""


@dataclass(frozen=True)
class Training:
    """One trained policy and its drives: ``group`` is what it shares with trainings from other seeds."""

    group: str
    name: str
    driven: tuple[Driven, ...]

    def scores(self, way: str, phase: str, metric: str) -> NDArray[np.float64] | None:
        """Return the metric (R,) of each route; ``None`` if the way was not driven."""
        found = [float(getattr(one, metric)) for one in self.driven if (one.way, one.phase) == (way, phase)]
        return np.array(found) if found else None

    def count(self, way: str, what: str) -> int:
        """Return how often a habit did something while the season arrived, over all routes."""
        return sum(one.counts.get(what, 0) for one in self.driven if (one.way, one.phase) == (way, PHASES[0]))


@dataclass(frozen=True)
class Figure:
    """A mean, and the ends of its 95 % interval over training seeds and routes; none where there is one training."""

    mean: float
    low: float | None = None
    high: float | None = None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


@dataclass(frozen=True)
class Findings:
    """All trainings that were measured on a course."""

    course: Course
    trainings: tuple[Training, ...]

    @property
    def groups(self) -> dict[str, tuple[Training, ...]]:
        """Return trainings by group, all of them last where there are several groups."""
        held: dict[str, tuple[Training, ...]] = {}
        for training in self.trainings:
            held[training.group] = (*held.get(training.group, ()), training)
        return held | {ALL: self.trainings} if len(held) > 1 else held

    def ways(self, group: str) -> list[str]:
        """Return the ways that a group drove, the baseline first; of several networks those that all of them can."""
        sets = [{one.way for one in training.driven} for training in self.groups[group]]
        return [way.name for way in WAYS if all(way.name in held for held in sets)]

    def figure(self, group: str, way: str, phase: str, metric: str) -> Figure:
        """Return a metric's mean."""
        return _figure(group, self._table(group, way, phase, metric), (0.0, self._most(metric)))

    def change(self, group: str, way: str, phase: str, metric: str) -> Figure:
        """Return a metric's mean less that of the frozen weights on the same drives."""
        most = self._most(metric)
        paired = self._table(group, way, phase, metric) - self._table(group, BASELINE, phase, metric)
        return _figure(group, paired, (-most, most))

    def to_json(self) -> dict[str, Any]:
        """Return all figures, and all drives, as plain data."""
        figures = [
            {
                "group": group,
                "trainings": len(trainings),
                "way": way,
                "phase": phase,
                "metric": metric,
                **asdict(self.figure(group, way, phase, metric)),
                "change": asdict(self.change(group, way, phase, metric)),
            }
            for group, trainings in self.groups.items()
            for way in self.ways(group)
            for phase in PHASES
            for metric in METRICS
        ]
        drives = [
            {"group": training.group, "training": training.name, **asdict(one)}
            for training in self.trainings
            for one in training.driven
        ]
        return {"course": asdict(self.course), "figures": figures, "drives": drives}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Findings:
        """Read back what ``to_json`` wrote."""
        held: dict[tuple[str, str], list[Driven]] = {}
        for row in data["drives"]:
            own = {key: value for key, value in row.items() if key not in ("group", "training")}
            held.setdefault((row["group"], row["training"]), []).append(Driven(**own))
        return cls(Course(**data["course"]), tuple(Training(*key, tuple(driven)) for key, driven in held.items()))

    def _most(self, metric: str) -> float:
        """Return the largest value that a metric can have; drives end within a metre of their route's end."""
        return self.course.length_m + 1.0 if metric == "metres" else 1.0

    def _table(self, group: str, way: str, phase: str, metric: str) -> NDArray[np.float64]:
        found: Sequence[NDArray[np.float64] | None] = [
            training.scores(way, phase, metric) for training in self.groups[group]
        ]
        return np.stack([scores for scores in found if scores is not None])


def _figure(group: str, table: NDArray[np.float64], bounds: tuple[float, float]) -> Figure:
    """Return the mean of a table (S, R) with its interval, where S is more than one."""
    if len(table) < 2:
        return Figure(float(table.mean()))
    found = bootstrap({group: table}, lambda drawn: drawn.mean(axis=(1, 2)), bounds=bounds).interval()
    return Figure(found.estimate, found.low, found.high)
