"""Place: where something is driven or flown, as the map shows it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.viewer.drawing.theme import Colour
from wormdrive.envs.viewer.history import History

__all__ = ["MapPlan", "Marker", "Place"]

Points = NDArray[np.float64]


def _no_points() -> Points:
    return np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class MapPlan:
    """What a map shows that does not change: points (n, 2), x and y [m].

    Attributes
    ----------
    area:
        (2, 2): the corner with the least and the one with the greatest coordinates of what must be seen.
    road, way:
        A road, and the part of it that is driven.
    start, end:
        (2,) where it begins and, if that is known, ends.
    trunks, trunk_m:
        Where trees stand, and their radius [m].
    around_m:
        Show so many metres around all that moves, or more if they need it, in place of ``area``; the road then has its
        true width ``road_m`` [m].
    """

    area: Points
    start: Points
    end: Points | None = None
    road: Points = field(default_factory=_no_points)
    way: Points = field(default_factory=_no_points)
    trunks: Points = field(default_factory=_no_points)
    trunk_m: float = 0.0
    around_m: float | None = None
    road_m: float = 0.0


@dataclass(frozen=True)
class Marker:
    """Something else on the map: a spot at x, y [m], or with a ``size_m`` (length, width) a body with a heading."""

    x_m: float
    y_m: float
    colour: Colour
    heading_rad: float = 0.0
    size_m: tuple[float, float] | None = None


class Place(ABC):
    """What stays the same from scene to scene."""

    @property
    @abstractmethod
    def plan(self) -> MapPlan:
        """What the map shows of it."""

    @abstractmethod
    def progress(self, history: History, index: int) -> str:
        """Say in a word how far the sample ``index`` of a history has come; the history may be empty."""
