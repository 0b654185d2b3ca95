"""Transition: conditions on their way from one season or weather to another."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.seasons.conditions import Conditions, blend

__all__ = ["TRANSITION_S", "Transition"]

TRANSITION_S: Final = 1.0
"""How long a change of season or weather takes [s]."""


class Transition:
    """Conditions that follow what is wanted, smoothly, within ``TRANSITION_S``.

    Between two seasons trees change their kind and shadows race over the road. A driver meets that; a picture for
    people is the calmer for dissolving from the one season to the other: ``ends``.
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
        share = self._share + dt_s / TRANSITION_S
        self._share = share if share < 1.0 - 1e-9 else 1.0
        self.now = self._to if self.over else blend(self._from, self._to, self._eased)
        return True

    @property
    def _eased(self) -> float:
        """The share of what is wanted: slow at first and in the end, for a little snow already changes much."""
        return self._share * self._share * (3.0 - 2.0 * self._share)

    @property
    def ends(self) -> tuple[Conditions, Conditions, float] | None:
        """From one season to another: where it came from, where it goes, and the latter's share of the picture.

        ``None`` while there is but one season: then ``now`` is all that a picture needs.
        """
        if self.over or self._from.season.name == self._to.season.name:
            return None
        return self._from, self._to, self._eased
