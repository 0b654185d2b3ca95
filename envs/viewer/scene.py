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
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.place import MapPlan, Marker, Place

__all__ = ["ENDINGS", "Course", "NetworkGraph", "Neural", "Scene", "course_of"]


@dataclass(frozen=True, eq=False)
class Course(Place):
    """The road of a drive: x, y [m] of its centre and the lane's half-widths to both sides [m], arrays (n,).

    The samples lie ``spacing_m`` apart; the drive goes from station ``start_m`` to ``end_m``. The map shows all of
    that, or ``around_m`` [m] around the cars.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    left_m: NDArray[np.float64]
    right_m: NDArray[np.float64]
    spacing_m: float
    start_m: float
    end_m: float
    around_m: float | None = None

    @property
    def plan(self) -> MapPlan:
        """See ``Place``."""
        first, last = (int(station / self.spacing_m) for station in (self.start_m, self.end_m))
        road = np.stack([self.x_m, self.y_m], axis=1)
        way = road[max(first, 0) : last + 1]
        area = np.stack([way.min(axis=0), way.max(axis=0)])
        width_m = float(np.mean(self.left_m + self.right_m))
        return MapPlan(area, way[0], way[-1], road, way, around_m=self.around_m, road_m=width_m)

    def progress(self, history: History, index: int) -> str:
        """Return the share of the way in per cent."""
        station = float(history["station_m"][index]) if len(history) else self.start_m
        done = np.clip((station - self.start_m) / max(self.end_m - self.start_m, 1e-9), 0.0, 1.0)
        return f"{100 * done:.0f} %"

    def half_lane(self, station_m: float) -> float:
        """Return half the lane's width at a station [m]."""
        i = min(max(int(station_m / self.spacing_m), 0), len(self.left_m) - 1)
        return float(0.5 * (self.left_m[i] + self.right_m[i]))


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
    markers:
        What else is on the map.
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
    history: History
    cursor: int
    markers: tuple[Marker, ...] = ()
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
