"""Fading: conditions on their way from one season or weather to another."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.seasons.conditions import Conditions, blend

__all__ = ["FADE_S", "Fade"]

FADE_S: Final = 1.0
"""How long a change of season or weather takes [s]."""


class Fade:
    """Conditions that follow what is wanted, steadily, within ``FADE_S``.

    A change of season also changes the art, which has no in-between: ``twin`` and ``share`` let a picture dissolve.
    """

    def __init__(self, conditions: Conditions) -> None:
        self.now = self._from = self._to = conditions
        self._share = 1.0

    @property
    def over(self) -> bool:
        """Whether what is wanted is reached."""
        return self._share >= 1.0

    def to(self, wanted: Conditions) -> None:
        """Set out for other conditions, from wherever things stand."""
        if wanted != self._to:
            self._from, self._to, self._share = self.now, wanted, 0.0

    def advance(self, dt_s: float) -> bool:
        """Move on by ``dt_s`` [s]; tell whether ``now`` has changed."""
        if self.over:
            return False
        self._share = min(1.0, self._share + dt_s / FADE_S)
        self.now = self._to if self.over else blend(self._from, self._to, self._share)
        return True

    @property
    def twin(self) -> tuple[Conditions, float] | None:
        """The present conditions in the art of the season that they do not wear, and that art's share of the picture.

        ``None`` while there is but one season.
        """
        here, there = self._from.season.name, self._to.season.name
        if self.over or here == there:
            return None
        worn = self.now.season.name
        other, share = (here, 1.0 - self._share) if worn == there else (there, self._share)
        return self.now.replace(season={"name": other}), share
