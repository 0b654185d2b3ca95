"""Road drives: many roads through points, each driven on its right lane, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.disturbances.disturbed_simulator import DisturbedSimulator
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads import read_map_text
from wormdrive.envs.roads.from_points import road_from_points, road_points
from wormdrive.envs.roads.from_points.road_from_points import ROAD_ID
from wormdrive.envs.roads.lane_graph import LaneKey
from wormdrive.envs.roads.route import Route
from wormdrive.envs.roads.route_follower import follow_route_from
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import END_MARGIN_M, START_M
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.scenarios.candidate import Candidate
from wormdrive.scenarios.drive import Drive
from wormdrive.scenarios.evaluate import drive_candidate

__all__ = ["PARAMETERS", "RightLane", "drive_lanes", "right_lane"]

PARAMETERS: Final = VehicleParameters()
"""Of the vehicle that drives."""
_RIGHT: Final = LaneKey(ROAD_ID, 0, -1)
_LEAST_M: Final = 20.0


@dataclass(frozen=True, eq=False)
class RightLane:
    """The right lane of a road through points, all of it."""

    name: str
    route: Route

    @property
    def drive_m(self) -> float:
        """How long it is driven: there is road behind the car at the start, and before it at the end [m]."""
        return max(self.route.length_m - START_M - END_MARGIN_M, _LEAST_M)

    @property
    def roomy(self) -> Route:
        """The route with borders so far off that no part of the car is in the lane when its centre reaches one."""
        beyond_m = 0.5 * float(np.hypot(PARAMETERS.length_m, PARAMETERS.width_m)) + abs(
            0.5 * (PARAMETERS.front_m - PARAMETERS.rear_m)
        )
        return replace(self.route, left_m=self.route.left_m + beyond_m, right_m=self.route.right_m + beyond_m)


def right_lane(
    points: Sequence[Sequence[float]] | NDArray[np.floating], name: str, lane_m: float, speed_limit_kmh: float
) -> RightLane:
    """Lay the right lane of a road through points (n, 2) [m].

    Raises
    ------
    ArgumentError
        No road leads through the points.
    RouteError
        Its lane is shorter than 20 m.
    """
    road = road_from_points(road_points(points), name, lane_width_m=lane_m, speed_limit_kmh=speed_limit_kmh)
    route = follow_route_from(read_map_text(road.text, name), _RIGHT, 0.0, max(2.0 * road.length_m, _LEAST_M))
    return RightLane(name, route)


def drive_lanes(
    candidate: Candidate, lanes: Sequence[RightLane], world: Scenario, *, worlds: int, crews: int
) -> list[Drive]:
    """Drive lanes in the conditions of a scenario, each until its end, or until no part of the car is in its lane.

    The same arguments give the same bits, whatever ``worlds``, ``crews`` and the other lanes: see ``drive_candidate``.
    Lanes have names of their own.
    """
    roomy = {lane.name: lane.roomy for lane in lanes}
    scenarios = [world.model_copy(update={"map": lane.name, "route_length_m": lane.drive_m}) for lane in lanes]

    def make_simulator(count: int, camera: CameraConfig | None) -> Simulator:
        return DisturbedSimulator(
            EmbeddedSimulator(
                count, camera=camera, parameters=PARAMETERS, find_route=lambda scenario: roomy[scenario.map]
            )
        )

    return drive_candidate(candidate, scenarios, make_simulator, worlds=worlds, crews=crews)
