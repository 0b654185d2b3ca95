"""An episode without a server: what is mounted on a vehicle goes along with it."""

from __future__ import annotations

import math

import pytest

from tests.carla_server.world.worlds import slope
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description
from wormdrive.envs.seasons.conditions import Conditions

RIGID, SPRING_ARM, SPRING_ARM_GHOST = range(3)
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
