"""Course: one shift of a suite, which many policies drive: whole, or a ladder near the place where a policy breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.roads import BUILTIN_MAPS
from wormdrive.scenarios.breaking_point import next_rung
from wormdrive.scenarios.suite import Suite, Trial

__all__ = ["Course", "LadderBisection"]

Driven = Sequence[tuple[Trial, bool]]
"""Trials that were driven, and whether they succeeded."""


class Course:
    """One shift of a suite, by name, empty for the named conditions: what many policies drive, made once for all.

    Attributes
    ----------
    trials:
        All drives, or those from which some are chosen; ``routes`` in each condition and on each rung.
    rungs:
        Places of a ladder's rungs, the easiest first; empty if it is no ladder.

    Raises
    ------
    ArgumentError
        The suite has no such shift.
    """

    def __init__(self, suite: Suite, shift: str) -> None:
        self.suite, self.shift = suite.name, shift
        self.trials: Sequence[Trial] = suite.trials_of(shift)
        self.routes = suite.episodes
        self.rungs: tuple[float, ...] = ()
        if shift in suite.ladders:
            ladder = suite.ladders[shift]
            self.rungs = tuple(ladder.height(rung) for rung in range(len(ladder)))

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The scenarios, and of maps that are files their contents."""
        files = {trial.scenario.map for trial in self.trials} - set(BUILTIN_MAPS)
        scenarios = json.dumps([trial.scenario.model_dump(mode="json") for trial in self.trials], sort_keys=True)
        return {
            "suite": self.suite,
            "scenarios": hashlib.sha256(scenarios.encode()).hexdigest(),
            "maps": {name: hashlib.sha256(Path(name).read_bytes()).hexdigest() for name in sorted(files)},
        }

    @property
    def most_drives(self) -> int:
        """How many drives it takes, at most."""
        return len(self.trials)

    def coming(self, driven: Driven) -> Sequence[Trial]:
        """Return what is to be driven after ``driven``, all at once; nothing at the end."""
        return () if driven else self.trials


class LadderBisection(Course):
    """A ladder of which a policy drives the rungs around its breaking point alone, all routes of a rung at once.

    Begun in the middle, the next rung lies half-way between the hardest on which at least half of the drives succeed
    and the easiest on which they do not, until these are neighbours (``next_rung``). Which rungs these are follows from
    the policy alone; of n rungs they are ceil(log2(n + 1)) at most.

    Raises
    ------
    ArgumentError
        The suite has no such ladder.
    """

    def __init__(self, suite: Suite, shift: str) -> None:
        if shift not in suite.ladders:
            raise ArgumentError(f"suite {suite.name}: " + one_of("ladder", shift, suite.ladders))
        super().__init__(suite, shift)

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The whole ladder, and how its rungs are chosen."""
        return {**super().described, "rungs": "by bisection"}

    @property
    def most_drives(self) -> int:
        """Drives of ceil(log2(n + 1)) rungs."""
        return len(self.rungs).bit_length() * self.routes

    def coming(self, driven: Driven) -> Sequence[Trial]:
        """Return the next rung's trials."""
        by_rung = [[success for trial, success in driven if trial.rung == rung] for rung in self.rungs]
        chosen = next_rung([sum(held) for held in by_rung], [len(held) for held in by_rung], self.routes)
        return () if chosen is None else [trial for trial in self.trials if trial.rung == self.rungs[chosen]]
