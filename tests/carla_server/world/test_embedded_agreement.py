"""The same commands give the embedded simulator's trajectory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.carla_server.world.worlds import CAR, DT_S, slope
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import VehicleCommand, World
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario

FLOAT32 = 1e-7
"""Relative; coordinates are some hundred metres."""
FAR_M = {"country_loop": 2e-3, "mountain_pass": 2e-2, "suburb": 500.0 * FLOAT32, "highway": 2e-3}
"""How far apart ten seconds may lead [m]: on level ground not at all; on hills the embedded simulator takes slope and
bank from samples half a metre apart along its route, and the world where the vehicle is."""


@pytest.mark.parametrize("season", ["summer", "winter"])
@pytest.mark.parametrize("name", FAR_M)
def test_ten_seconds_through_bends(name: str, season: str) -> None:
    """With the wheel held by a driver who looks at the embedded simulator alone."""
    scenario = Scenario(map=name, conditions=Conditions.preset(season, "day"), route_seed=3, seed=5)
    embedded = EmbeddedSimulator(1, camera=None)
    seen = embedded.reset([scenario]).state
    world = World(read_map(name), scenario.conditions)
    heading, speed = float(seen.heading_rad[0]), float(seen.speed_mps[0])
    car = world.spawn_vehicle(CAR, Pose(float(seen.x_m[0]), float(seen.y_m[0]), float(seen.z_m[0]) + 0.3, heading))
    world.set_velocity(car, (speed * math.cos(heading), speed * math.sin(heading), 0.0))
    random = np.random.default_rng(1)
    for step in range(300):
        steer = 0.25 * seen.lateral_offset_m[0] + 0.9 * seen.heading_error_rad[0] - 5.5 * seen.curvature[0]
        steer = float(np.clip(steer + random.normal(0.0, 0.02), -1.0, 1.0))
        wanted = 9.0 + 3.0 * math.sin(0.05 * step) if season == "summer" else 6.0
        pedal = float(np.clip(0.15 * (wanted - seen.speed_mps[0]), -1.0, 1.0))
        observation = embedded.step(np.array([[steer, pedal]]))
        seen = observation.state
        assert observation.end_reason[0] == 0
        world.command(car, VehicleCommand(max(pedal, 0.0), steer, max(-pedal, 0.0)))
        world.step(DT_S)
        state = world.state()
        np.testing.assert_allclose(
            state.pose[0, :3], [seen.x_m[0], seen.y_m[0], seen.z_m[0]], rtol=0.0, atol=FAR_M[name]
        )
        assert np.hypot(*state.velocity_mps[0, :2]) == pytest.approx(seen.speed_mps[0], abs=FAR_M[name])
        assert math.cos(state.pose[0, 3] - seen.heading_rad[0]) == pytest.approx(1.0, abs=1e-6)
        assert state.steer_rad[0] == pytest.approx(seen.steer_angle_rad[0], abs=FLOAT32)


@pytest.mark.parametrize("grade", [-0.08, 0.08])
def test_an_even_slope_and_a_start_from_rest(grade: float) -> None:
    """The whole way: full throttle, then coasting, then brakes, against the embedded simulator's own equations."""
    road_map = slope(grade)
    route = follow_route(road_map, 0, 900.0)
    embedded = EmbeddedSimulator(1, camera=None, find_route=lambda _: route)
    seen = embedded.reset([Scenario(route_length_m=700.0)]).state
    world = World(road_map, Scenario().conditions)
    pose = Pose(float(seen.x_m[0]), float(seen.y_m[0]), float(seen.z_m[0]), float(seen.heading_rad[0]))
    car = world.spawn_vehicle(CAR, pose)
    speed = float(seen.speed_mps[0])
    world.set_velocity(car, (speed * math.cos(pose.heading), speed * math.sin(pose.heading), 0.0))
    for step in range(300):
        pedal = (1.0, 0.0, -0.4)[step // 100]
        steer = float(0.02 * seen.lateral_offset_m[0] + 0.5 * seen.heading_error_rad[0])
        seen = embedded.step(np.array([[steer, pedal]])).state
        world.command(car, VehicleCommand(max(pedal, 0.0), steer, max(-pedal, 0.0)))
        world.step(DT_S)
    pose_then = world.state().pose[0]
    np.testing.assert_allclose(pose_then[:3], [seen.x_m[0], seen.y_m[0], seen.z_m[0]], rtol=FLOAT32)
