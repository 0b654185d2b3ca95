"""Progress: how long work tells whoever watches how far it has come."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Told of phases one after the other, and of how much of each is done."""

    def begin(self, phase: str, total: int, unit: str) -> None:
        """Start a phase of ``total`` units; the one before it is over."""

    def advance(self, done: int, **figures: float) -> None:
        """Say that ``done`` units of the phase are done in all, with figures worth showing, such as ``loss``."""


class Silent:
    """Tells nobody."""

    def begin(self, phase: str, total: int, unit: str) -> None:
        """Do nothing."""

    def advance(self, done: int, **figures: float) -> None:
        """Do nothing."""
