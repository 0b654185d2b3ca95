"""An episode without a server: mounts go along with what they are mounted on, controls hold as long as they should."""

from __future__ import annotations

import math

import pytest

from tests.carla_server.world.worlds import PLAIN, slope
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.seasons.conditions import Conditions

RIGID, SPRING_ARM, SPRING_ARM_GHOST = range(3)
DT_S = 0.05
UPHILL = slope(grade=0.2)
MOUNT = Pose(-6.0, 0.0, 3.0)


@pytest.mark.parametrize("attachment", [SPRING_ARM, SPRING_ARM_GHOST])
def test_a_spring_arm_stays_level_where_a_rigid_mount_tilts(attachment: int) -> None:
    episode = CarlaEpisode(1, "slope", UPHILL, Conditions(), 0)
    vehicle = episode.spawn(Description("vehicle.audi.tt", {}), Pose(100.0, -4.0, 20.0))
    rigid = episode.spawn(Description("sensor.camera.rgb", {}), MOUNT, vehicle.id, RIGID)
    arm = episode.spawn(Description("sensor.camera.rgb", {}), MOUNT, vehicle.id, attachment)
    tilt = math.atan(0.2)
    for x in (100.0, 300.0):
        episode.move(vehicle, Pose(x, -4.0, 0.2 * x))
        assert rigid.pose.pitch == pytest.approx(-tilt)
        assert rigid.pose.place == pytest.approx(
            (
                x - 6.0 * math.cos(tilt) - 3.0 * math.sin(tilt),
                -4.0,
                0.2 * x - 6.0 * math.sin(tilt) + 3.0 * math.cos(tilt),
            )
        )
        assert arm.pose.place == pytest.approx((x - 6.0, -4.0, 0.2 * x + 3.0))
        assert (arm.pose.heading, arm.pose.pitch, arm.pose.roll) == (0.0, 0.0, 0.0)


def started(sticky: str) -> tuple[float, list[float]]:
    """Throttle in the end and speeds after full throttle was asked for once."""
    episode = CarlaEpisode(1, "plain", PLAIN, Conditions(), 0)
    wanted = Description("vehicle.audi.tt", {"sticky_control": sticky})
    vehicle = episode.spawn(wanted, spawn_points(PLAIN)[0])
    assert isinstance(vehicle, Vehicle)
    episode.control(vehicle, VehicleControl(1.0, 0.0))
    speeds = []
    for _ in range(3):
        episode.step(DT_S)
        speeds.append(vehicle.pose.into(vehicle.velocity)[0])
    return vehicle.control.throttle, speeds


def test_a_control_that_does_not_stick_holds_for_one_tick() -> None:
    throttle, speeds = started("true")
    loose_throttle, loose_speeds = started("False")
    assert throttle == 1.0
    assert loose_throttle == 0.0
    assert loose_speeds[0] == speeds[0] > 0.05
    assert speeds[2] > loose_speeds[2], "its engine still turns, but no longer gains"
