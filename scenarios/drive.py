"""Drive scenarios in closed loop: many worlds advance together, and a world that is done takes the next scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.driver import Driver
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import END_REASONS, VehicleState
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.wheel_departure import lane_half_widths, tyre_reach, wheel_beyond
from wormdrive.scenarios.metrics import departure_index

__all__ = ["SUCCESS", "Drive", "Progress", "drive_all"]

SUCCESS = "route_done"
"""The end reason of a drive that went on to the end of its route, in time.

Episodes end when the car's centre, its reference point (``VehicleState``), leaves the lane; that a wheel did is told by
``Drive.wheel_beyond_m``.
"""

Progress = Callable[[int, int, float], None]
"""Called now and then with (drives done, drives in all, share of the whole work in [0, 1])."""

_TOLD_EVERY = 10
"""Steps from one news of progress to the next."""

_FIELDS = (
    "station_m",
    "lateral_offset_m",
    "heading_error_rad",
    "curvature",
    "speed_mps",
    "steer_angle_rad",
    "x_m",
    "y_m",
)


@dataclass(frozen=True, eq=False)
class Drive:
    """One scenario driven to its end; arrays are (T,) float32, one sample a step, the start included.

    See ``VehicleState`` for the arrays' meaning and units. ``wheel_beyond_m`` [m] is how far the outermost tyre's outer
    edge is beyond its lane's border, negative while all are inside: see ``wheel_departure``.
    """

    scenario: Scenario
    end_reason: str
    dt_s: float
    station_m: NDArray[np.float32]
    lateral_offset_m: NDArray[np.float32]
    heading_error_rad: NDArray[np.float32]
    curvature: NDArray[np.float32]
    speed_mps: NDArray[np.float32]
    steer_angle_rad: NDArray[np.float32]
    x_m: NDArray[np.float32]
    y_m: NDArray[np.float32]
    wheel_beyond_m: NDArray[np.float32]

    @property
    def success(self) -> bool:
        """Whether the car drove the whole route, and no wheel left its lane at any time."""
        return self.success_by_centre and self.departure_index is None

    @property
    def success_by_centre(self) -> bool:
        """Whether the car drove the whole route and its centre never left its lane, wheels not looked at."""
        return self.end_reason == SUCCESS

    @property
    def departure_index(self) -> int | None:
        """The sample at which a wheel first left the lane; ``None`` if none did."""
        return departure_index(self.wheel_beyond_m)

    @property
    def failure_index(self) -> int | None:
        """The sample at which a wheel first left the lane, or the last if the drive failed without; else ``None``."""
        if self.success:
            return None
        return len(self.wheel_beyond_m) - 1 if self.departure_index is None else self.departure_index

    @property
    def distance_m(self) -> float:
        """Distance driven along the route [m]."""
        return float(self.station_m[-1] - self.station_m[0])


def drive_all(
    simulator: Simulator, driver: Driver, scenarios: Sequence[Scenario], worlds: int, progress: Progress | None = None
) -> list[Drive]:
    """Drive each scenario to its end and return the drives in the scenarios' order.

    ``simulator`` and ``driver`` hold ``worlds`` worlds, of which none waits for the slowest: a world whose episode ends
    is reset on the next scenario at once. The outcome of a drive does not depend on its neighbours; worlds left over
    are parked on the last scenario and not looked at.
    """
    if not scenarios:
        return []
    total = len(scenarios)
    held = [min(world, total - 1) for world in range(worlds)]
    live = np.arange(worlds) < total
    coming = min(worlds, total)
    done: dict[int, Drive] = {}
    observation = simulator.reset([scenarios[k] for k in held])
    driver.reset(np.ones(worlds, np.bool_))
    trails: list[list[NDArray[np.float32]]] = [[] for _ in range(worlds)]
    _follow(trails, observation.state, live)
    steps = 0
    while live.any():
        observation = simulator.step(driver.act(observation))
        steps += 1
        _follow(trails, observation.state, live)
        ended = live & (observation.end_reason != 0)
        if not ended.any():
            if progress is not None and steps % _TOLD_EVERY == 0:
                progress(len(done), total, _share(done, total, held, live, observation.state, scenarios))
            continue
        refill = np.zeros(worlds, np.bool_)
        for world in np.flatnonzero(ended):
            k = held[world]
            reason = END_REASONS[observation.end_reason[world]]
            done[k] = _drive(scenarios[k], reason, simulator, simulator.routes[int(world)], trails[world])
            trails[world] = []
            live[world] = coming < total
            if live[world]:
                held[world] = coming
                refill[world] = True
                coming += 1
        if refill.any():
            observation = simulator.reset([scenarios[k] for k in held], refill)
            driver.reset(refill)
            _follow(trails, observation.state, refill)
        if progress is not None:
            progress(len(done), total, _share(done, total, held, live, observation.state, scenarios))
    return [done[k] for k in range(total)]


def _follow(trails: list[list[NDArray[np.float32]]], state: VehicleState, which: NDArray[np.bool_]) -> None:
    """Append the sample of each world of ``which`` to its trail: (fields,) float32."""
    block = np.stack([getattr(state, field) for field in _FIELDS], axis=1).astype(np.float32)
    for world in np.flatnonzero(which):
        trails[world].append(block[world])


def _drive(
    scenario: Scenario, reason: str, simulator: Simulator, route: Route, trail: list[NDArray[np.float32]]
) -> Drive:
    columns = dict(zip(_FIELDS, np.stack(trail, axis=1), strict=True))
    where = columns["lateral_offset_m"], columns["heading_error_rad"], columns["curvature"]
    borders = lane_half_widths(route, columns["station_m"])
    beyond = wheel_beyond(*where, *borders, tyre_reach(simulator.parameters)).astype(np.float32)
    return Drive(scenario, reason, simulator.dt_s, **columns, wheel_beyond_m=beyond)


def _share(
    done: dict[int, Drive],
    total: int,
    held: list[int],
    live: NDArray[np.bool_],
    state: VehicleState,
    scenarios: Sequence[Scenario],
) -> float:
    """Share of the work that is done, drives under way counted by their station."""
    under_way = sum(
        min(1.0, float(state.station_m[world]) / scenarios[held[world]].route_length_m)
        for world in np.flatnonzero(live)
    )
    return min(1.0, (len(done) + under_way) / total)
