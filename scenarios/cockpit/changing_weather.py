"""Changing weather: what is driven or flown in conditions that a person may change on the way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.scenarios.cockpit.transition import Transition

__all__ = ["ChangingWeather", "dissolved"]


class ChangingWeather(ABC):
    """Season and weather that follow the controls within a second.

    Parameters
    ----------
    conditions:
        To begin with.
    controls:
        Where the controls stand for them.
    """

    def __init__(self, conditions: Conditions, controls: WeatherControls) -> None:
        self.controls = controls
        self._transition = Transition(conditions)

    @property
    def conditions(self) -> Conditions:
        """Season and weather now, perhaps on their way to others."""
        return self._transition.now

    @property
    def ends(self) -> tuple[Conditions, Conditions, float] | None:
        """See ``Transition.ends``."""
        return self._transition.ends

    @abstractmethod
    def _show_in(self, conditions: Conditions) -> None:
        """Change the conditions of what is driven or flown."""

    def turn(self, controls: WeatherControls) -> None:
        """Set the weather controls; the conditions follow within a second."""
        self.controls = controls
        self._transition.to(controls.conditions)

    def season(self, season: str) -> None:
        """Change the season, and with it whether rain or snow falls."""
        self.turn(replace(self.controls, season=season, snow=season == "winter"))

    def rest(self, dt_s: float) -> None:
        """Let ``dt_s`` [s] go by without driving: seasons change all the same."""
        if self._transition.advance(dt_s):
            self._show_in(self._transition.now)

    def drawn(self, draw: Callable[[Conditions | None], NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """Return a picture by ``draw`` as of now (``None``); from one season to another, a dissolve of the two."""
        ends = self.ends
        return draw(None) if ends is None else dissolved(draw(ends[0]), draw(ends[1]), ends[2])


def dissolved(a: NDArray[np.uint8], b: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """Lay ``share`` of picture ``b`` over ``a``."""
    return np.asarray(cv2.addWeighted(a, 1.0 - share, b, share, 0.0), np.uint8)
