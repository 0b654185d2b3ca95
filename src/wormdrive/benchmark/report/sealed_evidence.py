"""Sealed evidence: what drives in the sealed conditions say, by how much of the road lies under snow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.opened_conditions import OpenedConditions, opened_beside
from wormdrive.benchmark.report.differences import tested, untested
from wormdrive.benchmark.report.evidence import Evidence, mean_of_models
from wormdrive.benchmark.report.standing import Standing
from wormdrive.benchmark.statistics.comparison import Comparison
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.benchmark.unsealing import SEALED
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["SealedEvidence", "sealed_evidence", "snow_groups"]


class SealedEvidence:
    """Numbers of the chapter on sealed conditions; each is computed when it is first asked for.

    Parameters
    ----------
    evidence:
        What the benchmark's own suites say; its table holds the drives in sealed conditions, too.
    opened:
        The conditions, and the record of their opening.

    Raises
    ------
    ArgumentError
        A drive is in none of the conditions.
    """

    def __init__(self, evidence: Evidence, opened: OpenedConditions) -> None:
        self.evidence, self.opened = evidence, opened
        wanted = {*evidence.recipes, *evidence.controls}
        driven = evidence.table.select(suite=opened.suite, clock=True)
        self.driven: DriveTable = driven.select(recipe=wanted & set(driven.values("recipe")))
        """Drives in sealed conditions."""
        for name in driven.values("shift"):
            if name not in opened.snow_cover:
                raise ArgumentError(f"table: condition {name!r} of suite {opened.suite}: is none of {SEALED} beside it")

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Conditions by how much snow lies: see ``snow_groups``."""
        return snow_groups({name: self.opened.snow_cover[name] for name in self.driven.values("shift")})

    @cached_property
    def standings(self) -> dict[str, dict[tuple[str, str], Standing]]:
        """Success in each group by recipe and model."""
        return {group: self.evidence.by_name(self._in(group)) for group in self.groups}

    @cached_property
    def trainings(self) -> dict[tuple[str, str], int]:
        """Number of trainings that drove, by recipe and model."""
        held = self.driven.groups("recipe", "model")
        return {(recipe, model): len(own.values("seed")) for (recipe, model), own in held.items()}

    @property
    def driven_each(self) -> int:
        """Drives of each training: conditions by routes."""
        return len(self.driven) // max(1, sum(self.trainings.values()))

    @cached_property
    def recipe_means(self) -> dict[str, dict[str, Interval | float]]:
        """Success by recipe and group, mean over the models."""
        return {
            recipe: {group: mean_of_models(self._in(group).select(recipe=recipe)) for group in self.groups}
            for recipe in self.recipes
        }

    @cached_property
    def in_snow(self) -> DriveTable:
        """Drives in conditions with snow on the road."""
        covers = self.opened.snow_cover
        return self.driven.select(shift={name for name in self.driven.values("shift") if covers[name] > 0.0})

    @cached_property
    def snow_means(self) -> dict[str, Interval | float]:
        """Success in snow, however much, of each recipe that sees: mean over the models."""
        return {
            recipe: mean_of_models(self.in_snow.select(recipe=recipe))
            for recipe in self.recipes
            if recipe in self.evidence.recipes and recipe in self.in_snow.values("recipe")
        }

    @cached_property
    def by_condition(self) -> dict[str, dict[tuple[str, str], float]]:
        """Success in each condition by recipe and model, mean over the trainings; the least snow first."""
        found: dict[str, dict[tuple[str, str], float]] = {}
        for (name, recipe, model), held in self.driven.groups("shift", "recipe", "model").items():
            found.setdefault(name, {})[recipe, model] = sum(row.success for row in held) / len(held)
        return {name: found[name] for name in sorted(found, key=lambda name: self.opened.snow_cover[name])}

    @property
    def recipes(self) -> list[str]:
        """Recipes that drove, in the benchmark's order, the negative control last."""
        held = set(self.driven.values("recipe"))
        return [name for name in (*self.evidence.recipes, *self.evidence.controls) if name in held]

    @cached_property
    def differences(self) -> list[Comparison]:
        """Models less the memoryless one in snow, by the rule of ``Evidence.differences``."""
        return tested(self.in_snow, self.evidence.recipes, self.evidence.models, self.evidence.reference)

    @cached_property
    def untested(self) -> list[Comparison]:
        """Return the same of models with fewer trainings than the memoryless one."""
        return untested(self.in_snow, self.evidence.recipes, self.evidence.models, self.evidence.reference)

    def _in(self, group: str) -> DriveTable:
        return self.driven.select(shift=set(self.groups[group]))


def snow_groups(covers: Mapping[str, float]) -> dict[str, tuple[str, ...]]:
    """Part conditions by the share of the road under snow: none; and of the others the half with less, that with more.

    Groups are named by what they hold; of an odd number the middle one goes to those with more.

    Examples
    --------
    >>> snow_groups({"a": 0.0, "b": 0.9, "c": 0.08, "d": 0.4, "e": 0.6})
    {'no snow': ('a',), 'snow on 8 to 40 %': ('c', 'd'), 'snow on 60 to 90 %': ('e', 'b')}
    """
    bare = tuple(name for name, cover in covers.items() if cover == 0.0)
    snowed = sorted((name for name in covers if name not in bare), key=lambda name: covers[name])
    half = len(snowed) // 2
    found = {"no snow": bare} if bare else {}
    for part in (snowed[:half], snowed[half:]):
        if part:
            ends = dict.fromkeys(f"{100.0 * covers[name]:.0f}" for name in (part[0], part[-1]))
            found[f"snow on {' to '.join(ends)} %"] = tuple(part)
    return found


def sealed_evidence(evidence: Evidence, tables: Iterable[Path]) -> SealedEvidence | None:
    """Return what is said of sealed conditions by the files of a table; ``None`` if it holds no drives in them.

    Raises
    ------
    ArgumentError
        It holds some, but the conditions do not lie beside it; or as from ``opened_beside`` and ``SealedEvidence``.
    """
    files = list(tables)
    suite = Path(SEALED).stem
    if suite not in evidence.table.values("suite"):
        return None
    opened = opened_beside(files, evidence.benchmark)
    if opened is None:
        raise ArgumentError(
            f"{', '.join(map(str, files))}: drives of suite {suite}, but no {SEALED} beside them; allowed is a folder "
            "with it and the record of its opening, as --unseal writes them"
        )
    return SealedEvidence(evidence, opened)
