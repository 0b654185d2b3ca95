"""Telemetry: engine, gear and wheels as they drive."""

from __future__ import annotations

import math

import pytest

from tests.carla_server.world.worlds import PLAIN
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.telemetry import telemetry_of
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.seasons.conditions import Conditions


def test_engine_and_wheels_turn_together() -> None:
    episode = CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)
    vehicle = episode.spawn(Description("vehicle.tesla.model3", {}), spawn_points(PLAIN)[0])
    assert isinstance(vehicle, Vehicle)
    episode.control(vehicle, VehicleControl(throttle=0.6))
    for _ in range(60):
        episode.step(0.05)
    speed, _, throttle, _, rpm, gear, drag, wheels = telemetry_of(vehicle, episode.world)
    assert speed > 5.0
    assert (throttle, gear) == (0.6, 1)
    assert rpm * math.pi / 30.0 == pytest.approx(9.0 * speed / 0.37, rel=0.25)  # the clutch slips by its torque
    assert drag > 0.0
    assert sum(wheel[4] for wheel in wheels) == pytest.approx(1845.0 * 9.81)
    assert wheels[2][4] > wheels[0][4] * 0.9  # the load goes to the rear
    assert all(wheel[3] * 0.37 > speed for wheel in wheels)  # driven wheels slip
