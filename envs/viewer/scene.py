"""Scene: everything that the cockpit shows at one moment, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M, end_station
from wormdrive.envs.viewer.history import DriveHistory

__all__ = ["ENDINGS", "Course", "NetworkGraph", "Neural", "Scene", "course_of"]


@dataclass(frozen=True, eq=False)
class Course:
    """The road of a drive: x, y [m] of its centre and the lane's half-widths to both sides [m], arrays (n,).

    The samples lie ``spacing_m`` apart; the drive goes from station ``start_m`` to ``end_m``.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    left_m: NDArray[np.float64]
    right_m: NDArray[np.float64]
    spacing_m: float
    start_m: float
    end_m: float


@dataclass(frozen=True, eq=False)
class NetworkGraph:
    """A wiring to be drawn: F sensory neurons and N others, first the sensory ones, and E synapses between them.

    Attributes
    ----------
    roles:
        (F + N) words: sensory, inter, command or motor.
    sources, targets:
        (E,) int64, indices of neurons.
    excites:
        (E,) bool.
    """

    roles: tuple[str, ...]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    excites: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Neural:
    """What goes on in a ``NetworkGraph``: ``activity`` (F + N,) of neurons, ``current`` (E,) through synapses."""

    activity: NDArray[np.float32]
    current: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """One moment.

    Attributes
    ----------
    roads:
        One picture of the road ahead, or two side by side: (H, W, 3) uint8 RGB.
    captions:
        What to write on each of ``roads``.
    history, cursor:
        The drive so far, and which of its samples is now.
    seen, saliency:
        The small picture, (h, w, 3) uint8, and where the network looks in it, (h, w) in [0, 1].
    blind:
        The driver does without the small picture.
    neural:
        The network's activity.
    driver, season, weather:
        Names to show.
    steers:
        Who steers, in two words.
    hour:
        Time of day [h], or ``None`` if it is not known.
    controls:
        Positions of the sliders by name.
    lit:
        Names of the buttons that are on.
    authority:
        Share of the steering that the person has, 0 to 1.
    notice:
        A line to read now.
    rate:
        Pictures a second, 0 if not known.
    """

    roads: tuple[NDArray[np.uint8], ...]
    history: DriveHistory
    cursor: int
    captions: tuple[str, ...] = ()
    seen: NDArray[np.uint8] | None = None
    saliency: NDArray[np.float32] | None = None
    blind: bool = False
    neural: Neural | None = None
    driver: str = ""
    steers: str = ""
    season: str = ""
    weather: str = ""
    hour: float | None = None
    controls: Mapping[str, float] = field(default_factory=dict)
    lit: frozenset[str] = frozenset()
    authority: float = 0.0
    notice: str = ""
    rate: float = 0.0


ENDINGS: Final = {
    "": "",
    "lane_departure": "Left the lane",
    "route_done": "The whole route",
    "time_limit": "Out of time",
    "collision": "Hit another car",
}
"""End reasons, for people."""


def course_of(route: Route, scenario: Scenario) -> Course:
    """Return a route as the cockpit draws it."""
    end_m = end_station(scenario, route)
    return Course(route.x, route.y, route.left_m, route.right_m, route.spacing_m, START_M, end_m)
