"""Vehicle batch: N vehicles on N routes as arrays, without pictures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, SimulatorError, is_whole, one_of
from wormdrive.envs.common.preparation_notice import watch_compilation
from wormdrive.envs.common.worker_threads import WorkerThreads
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.companions import Companions
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS, cruise_control, cruise_speed
from wormdrive.envs.simulation.observation import END_REASONS, VehicleState
from wormdrive.envs.simulation.road_table import LEFT, RIGHT, SPACING_M, RoadTable
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M, end_station
from wormdrive.envs.simulation.side_forces import SideForces
from wormdrive.envs.simulation.start import Start, starting_state
from wormdrive.envs.simulation.traffic import OtherCars, Traffic
from wormdrive.envs.simulation.vehicle import SUBSTEPS, VehicleParameters
from wormdrive.envs.simulation.wheel_departure import DEPARTURES, tyre_reach, wheel_beyond

__all__ = ["DT_S", "VehicleBatch", "slices"]

watch_compilation()

DT_S: Final = 1.0 / 30.0
"""Duration of a step [s]."""
PATIENCE: Final = 2.5
"""Where a scenario sets no time limit: by how much the drive may last longer than it is planned."""
BRAKE_LIGHTS_MPS2: Final = 0.7
"""Whoever brakes harder shows it [m/s²]; UN R13-H lets electric braking light the lamps from here on."""
_USUAL: Final[Mapping[int, Start]] = MappingProxyType({})
WORTH_A_THREAD: Final = 256
"""Fewer worlds than this are stepped by the calling thread."""


class VehicleBatch:
    """Vehicles, roads, traffic and clocks of N worlds.

    ``departure`` says what ends an episode when it leaves the lane, see ``wheel_departure.DEPARTURES``. Where
    ``cars_per_road`` is more than 1, so many worlds in a row are cars on one road that see and hit each other.

    Attributes
    ----------
    state:
        (STATES, N) float64; rows in ``vehicle_kernel`` and ``vehicle_batch_kernel``.
    step_index:
        (N,) int64: steps since the reset.
    end_reason:
        (N,) int8: index into ``END_REASONS``.
    braking:
        (N,) bool: whether the brake lights are on.

    Raises
    ------
    ArgumentError
        If there is no such ``departure``, or ``count`` is no multiple of ``cars_per_road``.
    """

    def __init__(
        self,
        count: int,
        parameters: VehicleParameters,
        threads: int,
        departure: str = "centre",
        cars_per_road: int = 1,
    ) -> None:
        if departure not in DEPARTURES:
            raise ArgumentError(one_of("departure", departure, DEPARTURES))
        if not is_whole(cars_per_road) or cars_per_road < 1 or count % cars_per_road:
            raise ArgumentError(f"cars_per_road={cars_per_road!r}: allowed is a whole number that divides {count}")
        self.roads = RoadTable(count)
        self.state: NDArray[np.float64] = np.zeros((kernel.STATES, count))
        self.braking: NDArray[np.bool_] = np.zeros(count, np.bool_)
        self.traffic: OtherCars = Traffic(count)
        if cars_per_road > 1:
            self.traffic = Companions(self.state, self.braking, cars_per_road)
        self.step_index: NDArray[np.int64] = np.zeros(count, np.int64)
        self.end_reason: NDArray[np.int8] = np.full(count, END_REASONS.index("time_limit"), np.int8)
        self._friction: NDArray[np.float64] = np.ones(count)
        self._grip: NDArray[np.float64] = np.ones(count)
        self._side_forces = SideForces(count, DT_S)
        self._end_station: NDArray[np.float64] = np.zeros(count)
        self._last_step: NDArray[np.int64] = np.zeros(count, np.int64)
        self._parameters = parameters
        self._packed = parameters.packed()
        self._wheels_count = departure == "wheel"
        self._reach: NDArray[np.float64] = np.tile(np.array([tyre_reach(parameters)]).T, (1, count))
        self._slots: NDArray[np.int32] = np.arange(count, dtype=np.int32)
        self._threads = threads
        self._pool = WorkerThreads(threads, "wormdrive-worlds") if threads > 1 and count >= 2 * WORTH_A_THREAD else None

    def assign(self, scenarios: dict[int, tuple[Scenario, Route]], starts: Mapping[int, Start] = _USUAL) -> None:
        """Start an episode in each of some worlds; ``starts`` says where, by world, if not where all cars begin."""
        cruising = {world: _cruising_mps(scenario) for world, (scenario, _) in scenarios.items()}
        self.roads.assign({world: route for world, (_, route) in scenarios.items()}, cruising)
        for world, (scenario, route) in scenarios.items():
            if route.spacing_m != SPACING_M:
                raise SimulatorError(f"route.spacing_m={route.spacing_m}: allowed is {SPACING_M}")
            start = starts.get(world, Start())
            self.traffic.assign(world, scenario, route, start.station_m)
            grip = scenario.disturbances.grip
            self._grip[world] = 1.0 if grip is None else grip.factor
            self.change_friction(world, scenario.conditions.friction)
            self._side_forces.assign(world, scenario.seed, scenario.disturbances)
            self._end_station[world] = end_station(scenario, route)
            limit_s = scenario.time_limit_s or self._time_limit_s(world, scenario, cruising[world])
            self._last_step[world] = max(1, math.ceil(limit_s / DT_S - 1e-9))
            self.step_index[world] = 0
            self.end_reason[world] = 0
            self.braking[world] = False
            at = self.roads.first[world] + round(start.station_m / SPACING_M)
            speed = float(cruise_speed(self.roads.profile[at : at + 1], self._friction[world])[0])
            self.state[:, world] = starting_state(scenario, route, start, min(speed, start.most_mps))
        self.locate(np.fromiter(scenarios, np.int64, len(scenarios)))

    def _time_limit_s(self, world: int, scenario: Scenario, cruising_mps: float) -> float:
        """Time limit where the scenario sets none: so much more than the cruise control plans for the route [s]."""
        first, count = self.roads.first[world], self.roads.count[world]
        speed = cruise_speed(self.roads.profile[first : first + count], self._friction[world])
        station = np.arange(count) * SPACING_M
        driven = (station >= START_M) & (station < self._end_station[world])
        planned_s = float((SPACING_M / np.minimum(speed[driven], CRUISING_MPS)).sum())
        open_road_s = scenario.route_length_m / min(cruising_mps, CRUISING_MPS)
        return PATIENCE * max(planned_s, open_road_s)

    def locate(self, worlds: NDArray[np.int64]) -> None:
        """Find the vehicles of some worlds (M,) on their routes."""
        kernel.project(worlds, self.state, self.roads.points, self.roads.first, self.roads.count)

    def change_friction(self, world: int, friction: float) -> None:
        """Change the peak coefficient of friction [-] of one world's road; the cruise control will heed it, too.

        What the scenario's disturbances leave of the grip is left of this, too.
        """
        self._friction[world] = friction * self._grip[world]

    def change_measures(self, world: int, parameters: VehicleParameters) -> None:
        """Tell what measures one world's vehicle has, if not those of ``parameters``: where its tyres are."""
        self._reach[:, world] = tyre_reach(parameters)

    def step(self, command: NDArray[np.float64]) -> None:
        """Advance the worlds whose episode has not ended; ``command`` (N, 2) as in ``Simulator.step``."""
        live = np.flatnonzero(self.end_reason == 0)
        if not len(live):
            return
        if self._pool is None:
            self._advance(live, command)
        else:
            parts = [live[part] for part in slices(len(live), min(self._threads, len(live) // WORTH_A_THREAD))]
            list(self._pool.map(self._advance, parts, [command] * len(parts)))
        if self.traffic.car_count.any():
            self._collide(live)

    def vehicle_state(self) -> VehicleState:
        """Copy the states out: arrays (N,)."""
        rows = self.state.copy()
        return VehicleState(
            station_m=rows[kernel.STATION],
            lateral_offset_m=rows[kernel.OFFSET],
            heading_error_rad=rows[kernel.HEADING_ERROR],
            curvature=rows[kernel.CURVE],
            speed_mps=rows[kernel.SPEED],
            yaw_rate_radps=rows[vehicle.R],
            steer_angle_rad=rows[vehicle.DELTA],
            x_m=rows[vehicle.X],
            y_m=rows[vehicle.Y],
            z_m=rows[kernel.ELEVATION],
            heading_rad=rows[vehicle.PSI],
        )

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def begin_step(self, live: NDArray[np.int64], command: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the vehicle kernel's work array (ROWS, M) of the worlds ``live`` (M,): states, and what is wanted.

        Where a command leaves the speed to the cruise control, the row ``WANTED`` holds what that asks for [m/s²].
        """
        roads, state, parameters = self.roads, self.state, self._parameters
        table = roads.points, roads.first, roads.count
        work = np.empty((vehicle.ROWS, len(live)))
        throttle, brakes = parameters.max_acceleration, parameters.max_braking
        kernel.prepare(live, state, command, self._friction, *table, throttle, brakes, work)
        motion = state[kernel.STATION], state[kernel.SPEED], self._friction
        if self.has_side_forces:
            work[vehicle.PULL_Y] -= self.side_forces(live, parameters.mass_kg) / parameters.mass_kg
        rows = work[vehicle.PULL_X], work[vehicle.WANTED]
        cruise_control(live, *motion, roads.profile, roads.first, roads.count, *rows)
        return work

    @property
    def has_side_forces(self) -> bool:
        """Whether anything pushes any car sideways."""
        return self._side_forces.any

    def side_forces(self, live: NDArray[np.int64], mass_kg: float) -> NDArray[np.float64]:
        """Return what pushes cars of a mass [kg] in the worlds ``live`` (M,) sideways now, (M,) [N], left positive."""
        where = self.state[kernel.STATION, live], self.state[kernel.OFFSET, live]
        return self._side_forces.newton(live, self.step_index[live], *where, mass_kg)

    def end_step(self, live: NDArray[np.int64], work: NDArray[np.float64]) -> None:
        """Take over where the vehicles of the worlds ``live`` (M,) are now: the first rows of ``work``, up to DELTA."""
        roads = self.roads
        table = roads.points, roads.first, roads.count
        ends = self._end_station, self.step_index, self._last_step, self.end_reason
        kernel.settle(live, work, self.state, *table, *ends)
        if self._wheels_count:
            self.end_reason[live[self._wheel_beyond(live) > 0.0]] = END_REASONS.index("lane_departure")

    def _wheel_beyond(self, live: NDArray[np.int64]) -> NDArray[np.float64]:
        """How far a tyre of the worlds ``live`` (M,) is beyond its lane's border [m], (M,)."""
        roads, state = self.roads, self.state
        place = state[kernel.STATION, live] / SPACING_M
        i = np.clip(place.astype(np.int64), 0, roads.count[live] - 2)
        part, at = place - i, roads.first[live] + i
        left_m, right_m = (
            roads.points[at, edge] + part * (roads.points[at + 1, edge] - roads.points[at, edge])
            for edge in (LEFT, RIGHT)
        )
        where = state[kernel.OFFSET, live], state[kernel.HEADING_ERROR, live], state[kernel.CURVE, live]
        front_m, rear_m, side_m = self._reach[:, live]
        return wheel_beyond(*where, left_m, right_m, (front_m, rear_m, side_m))

    def _advance(self, live: NDArray[np.int64], command: NDArray[np.float64]) -> None:
        work = self.begin_step(live, command)
        vehicle.advance_vehicles(work, len(live), DT_S / SUBSTEPS, SUBSTEPS, self._packed)
        self.braking[live] = work[vehicle.ACCELERATION] < -BRAKE_LIGHTS_MPS2
        self.end_step(live, work)

    def _collide(self, live: NDArray[np.int64]) -> None:
        cars, count = self.traffic.cars(self._slots[live], self.step_index[live], DT_S)
        ahead = np.abs(cars[:, :, 0] - self.state[kernel.STATION, live, None])
        aside = np.abs(cars[:, :, 1] - self.state[kernel.OFFSET, live, None])
        there = np.arange(cars.shape[1]) < count[:, None]
        hit = there & (ahead < self._parameters.length_m) & (aside < self._parameters.width_m)
        self.end_reason[live[hit.any(axis=1)]] = END_REASONS.index("collision")


def _cruising_mps(scenario: Scenario) -> float:
    speed = scenario.disturbances.speed
    return CRUISING_MPS if speed is None else speed.cruising_mps


def slices(count: int, parts: int) -> list[slice]:
    """Cut ``count`` things into at most ``parts`` slices of nearly equal length, none of them empty."""
    parts = max(1, min(parts, count))
    edges = [count * k // parts for k in range(parts + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(edges)]
