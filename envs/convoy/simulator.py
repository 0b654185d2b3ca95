"""Convoy simulator: W convoys of N cars each, in one batch of the embedded simulator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_whole
from wormdrive.envs.convoy.leader import Leader
from wormdrive.envs.convoy.pedals import RoadAllowance, road_allowance
from wormdrive.envs.convoy.scenario import CARS, ConvoyScenario
from wormdrive.envs.convoy.spacing import LOST_M, wanted_gap
from wormdrive.envs.convoy.speed_profile import leader_speed
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import END_REASONS, Observation, VehicleState
from wormdrive.envs.simulation.pure_pursuit import PurePursuit
from wormdrive.envs.simulation.road_table import SPACING_M
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M, route_of
from wormdrive.envs.simulation.start import Start
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["ACTION_REPEAT", "CONVOY_CAMERA", "CONVOY_END_REASONS", "SUCCESSES", "ConvoyObservation", "ConvoySimulator"]

ACTION_REPEAT: Final = 3
"""Steps of 1/30 s by the same action, unless asked otherwise: 10 actions a second."""
CONVOY_CAMERA: Final = CameraConfig(fov_deg=40.0)
"""A narrower view than the lane keeper's: the car ahead is what matters, 35 pixels wide at 15 m."""
CONVOY_END_REASONS: Final = (
    "", "lane_departure", "collision", "lost", "time_limit", "route_done", "leader_departure",
)  # fmt: skip
"""Why a convoy's drive ended, by code: index into this tuple; 0 is 'still running'."""
SUCCESSES: Final = ("time_limit", "route_done")
"""Ends of drives in which nothing went wrong."""
_STREAM: Final = 0x6761_7073


@dataclass(frozen=True, eq=False)
class ConvoyObservation:
    """What W convoys of N cars show; car 0 is the first, cars 1 to N - 1 are its followers.

    Attributes
    ----------
    state:
        ``VehicleState`` of arrays (W, N).
    camera, segmentation:
        The followers' pictures, (W, N - 1, H, W, 3) and (W, N - 1, H, W) uint8; ``None`` where not asked for.
    gap_m, closing_mps:
        (W, N - 1): from bumper to bumper to the car ahead [m], and how fast the gap shrinks [m/s].
    failed:
        (W, N - 1) bool: followers that left their lane, hit a car or lost the one ahead.
    end_reason:
        (W,) int8: index into ``CONVOY_END_REASONS``.
    """

    state: VehicleState
    camera: NDArray[np.uint8] | None
    segmentation: NDArray[np.uint8] | None
    gap_m: NDArray[np.float64]
    closing_mps: NDArray[np.float64]
    failed: NDArray[np.bool_]
    end_reason: NDArray[np.int8]

    def state_of(self, convoy: int) -> VehicleState:
        """Return the state of one convoy's cars, arrays (N,)."""
        return VehicleState(**{f.name: getattr(self.state, f.name)[convoy] for f in fields(VehicleState)})

    @property
    def gap_error_m(self) -> NDArray[np.float64]:
        """(W, N - 1): gap less the wanted one [m]."""
        return self.gap_m - wanted_gap(self.state.speed_mps[:, 1:])


class ConvoySimulator:
    """W convoys that advance together, ``action_repeat`` steps of 1/30 s at a time.

    A convoy's drive is over for all of its cars when one of its followers fails, or its time is up.

    Parameters
    ----------
    convoys, cars:
        W and N.
    camera:
        Of every car; ``None`` for no pictures at all.
    segmentation:
        Whether to draw it, too.
    threads:
        How many threads step and draw.
    action_repeat:
        For how many steps an action is held.
    find_route:
        Returns the route of a scenario; the default reads the scenario's map.

    Raises
    ------
    ArgumentError
        If a number is not allowed, or segmentation is asked for without a camera.
    """

    def __init__(
        self,
        convoys: int,
        cars: int = 4,
        *,
        camera: CameraConfig | None = CONVOY_CAMERA,
        segmentation: bool = False,
        threads: int = 1,
        action_repeat: int = ACTION_REPEAT,
        find_route: Callable[[Scenario], Route] = route_of,
    ) -> None:
        for name, value, low, high in (
            ("convoys", convoys, 1, 1 << 20),
            ("cars", cars, *CARS),
            ("action_repeat", action_repeat, 1, 30),
        ):
            if not is_whole(value) or not low <= value <= high:
                raise ArgumentError(f"{name}={value!r}: allowed are {low} to {high}")
        self.embedded = EmbeddedSimulator(
            convoys * cars,
            camera=camera,
            segmentation=segmentation,
            threads=threads,
            find_route=find_route,
            cars_per_road=cars,
        )
        self.convoys, self.cars, self.action_repeat = convoys, cars, action_repeat
        self.pursuit = PurePursuit(self.embedded, self.embedded.parameters)
        self._worlds = np.arange(convoys * cars).reshape(convoys, cars)
        self._leader = Leader(
            self.embedded.batch, self._worlds[:, 0], self.pursuit, self.embedded.parameters, self.dt_s
        )
        self._scenarios: list[ConvoyScenario | None] = [None] * convoys
        self._end_reason: NDArray[np.int8] = np.zeros(convoys, np.int8)
        self._failed: NDArray[np.bool_] = np.zeros((convoys, cars - 1), np.bool_)

    @property
    def dt_s(self) -> float:
        """How long an action is held [s]."""
        return self.action_repeat * DT_S

    @property
    def scenarios(self) -> list[ConvoyScenario | None]:
        """The scenario of each convoy."""
        return list(self._scenarios)

    @property
    def routes(self) -> list[Route]:
        """The route of each convoy."""
        return self.embedded.routes[:: self.cars]

    def reset(self, scenarios: Sequence[ConvoyScenario], mask: NDArray[np.bool_] | None = None) -> ConvoyObservation:
        """Start a drive of every convoy, or of those of ``mask`` (W,), on ``scenarios`` (W of them).

        Raises
        ------
        ArgumentError, SimulatorError, MapError, RouteError
            As of ``EmbeddedSimulator.reset``.
        """
        if len(scenarios) != self.convoys:
            raise ArgumentError(f"scenarios: got {len(scenarios)}, allowed are {self.convoys}, one a convoy")
        chosen = np.ones(self.convoys, np.bool_) if mask is None else np.asarray(mask, np.bool_)
        starts: dict[int, Start] = {}
        for convoy in np.flatnonzero(chosen).tolist():
            scenario = scenarios[convoy]
            speed = leader_speed(
                scenario.profile, scenario.road.seed, round(scenario.duration_s / self.dt_s), self.dt_s
            )
            self._leader.assign(convoy, speed)
            starts |= zip(self._worlds[convoy].tolist(), self._starts(scenario, float(speed[0])), strict=True)
            self._scenarios[convoy] = scenario
        roads = [scenario.road for scenario in scenarios for _ in range(self.cars)]
        shown = self.embedded.reset(roads, chosen.repeat(self.cars), starts)
        for convoy in np.flatnonzero(chosen).tolist():
            friction = scenarios[convoy].leader_friction
            if friction is not None:
                self.embedded.batch.change_friction(int(self._worlds[convoy, 0]), friction)
        self._end_reason[chosen] = 0
        self._failed[chosen] = False
        return self._seen(shown)

    def step(self, command: NDArray[np.float64]) -> ConvoyObservation:
        """Advance all convoys whose drive is not over; ``command`` (W, N - 1, 2) is the followers'.

        Steer in [-1, 1], -1 full left and +1 full right; acceleration in [-1, 1], brake to throttle; NaN leaves it to
        the cruise control, which sees no other cars.

        Raises
        ------
        ArgumentError
            If the shape is another, or a steer is NaN.
        SimulatorError
            If a convoy was never reset.
        """
        command = np.asarray(command, np.float64)
        if command.shape != (self.convoys, self.cars - 1, 2):
            raise ArgumentError(f"command: shape {command.shape}, allowed is {(self.convoys, self.cars - 1, 2)}")
        before = self.embedded.last_observation
        index = self.embedded.step_index[self._worlds[:, 0]] // self.action_repeat
        leaders = self._leader.commands(before.state, index)
        whole = np.concatenate([leaders[:, None], command], axis=1).reshape(-1, 2)
        shown = self.embedded.step(whole, self.action_repeat)
        return self._seen(self._judge(shown))

    def allowance(self) -> RoadAllowance:
        """Return what the road allows the followers, arrays (W, N - 1); see ``RoadAllowance``."""
        road = road_allowance(self.embedded.batch, self._worlds[:, 1:].ravel())
        return RoadAllowance(*(values.reshape(self.convoys, self.cars - 1) for values in road))

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self.embedded.close()

    def _starts(self, scenario: ConvoyScenario, speed_mps: float) -> list[Start]:
        """Return where the cars begin: 0.8 to 1.2 of the wanted gap apart, no faster than the profile."""
        random = np.random.default_rng([scenario.road.seed, _STREAM])
        length = self.embedded.parameters.length_m
        gaps = length + random.uniform(0.8, 1.2, self.cars - 1) * wanted_gap(np.array(speed_mps))
        behind = np.concatenate([gaps[::-1].cumsum()[::-1], [0.0]])  # the last car's bumper is where a route begins
        stations = START_M + SPACING_M * np.round(behind / SPACING_M)
        return [Start(float(station), speed_mps, number) for number, station in enumerate(stations)]

    def _gap_m(self, state: VehicleState) -> NDArray[np.float64]:
        station = state.station_m.reshape(self.convoys, self.cars)
        return np.asarray(station[:, :-1] - station[:, 1:] - self.embedded.parameters.length_m)

    def _judge(self, shown: Observation) -> Observation:
        """End the drives that are over, each for all of its cars."""
        cars = shown.end_reason.reshape(self.convoys, self.cars)
        running = self._end_reason == 0
        left = cars == END_REASONS.index("lane_departure")
        gap = self._gap_m(shown.state)
        hit = (cars[:, 1:] == END_REASONS.index("collision")) & (gap < 0.0)  # who is behind is to blame
        lost = gap > LOST_M
        found = (
            ("collision", hit.any(axis=1)),
            ("lane_departure", left[:, 1:].any(axis=1)),
            ("lost", lost.any(axis=1)),
            ("leader_departure", left[:, 0]),
            ("time_limit", (cars == END_REASONS.index("time_limit")).any(axis=1)),
            ("route_done", (cars == END_REASONS.index("route_done")).any(axis=1)),
        )
        for reason, holds in found:
            self._end_reason[running & (self._end_reason == 0) & holds] = CONVOY_END_REASONS.index(reason)
        over = running & (self._end_reason != 0)
        self._failed[over] = (left[:, 1:] | hit | lost)[over]
        return self.embedded.time_out((self._end_reason != 0).repeat(self.cars))

    def _seen(self, shown: Observation) -> ConvoyObservation:
        shape = (self.convoys, self.cars)
        state = VehicleState(**{f.name: getattr(shown.state, f.name).reshape(shape) for f in fields(VehicleState)})
        camera, classes = (
            None if picture is None else picture.reshape(*shape, *picture.shape[1:])[:, 1:]
            for picture in (shown.camera, shown.segmentation)
        )
        return ConvoyObservation(
            state=state,
            camera=camera,
            segmentation=classes,
            gap_m=self._gap_m(shown.state),
            closing_mps=state.speed_mps[:, 1:] - state.speed_mps[:, :-1],
            failed=self._failed.copy(),
            end_reason=self._end_reason.copy(),
        )
