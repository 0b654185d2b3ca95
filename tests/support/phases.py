"""Phases: a progress that remembers what it was told of."""

from __future__ import annotations


class Phases:
    """Remembers what was done."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    def begin(self, phase: str, total: int, unit: str) -> None:
        self.begun.append(phase)

    def advance(self, done: int, **figures: float) -> None:
        pass
