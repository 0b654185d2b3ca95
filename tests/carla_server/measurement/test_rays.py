"""Whatever casts rays gives finite numbers, from anywhere."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.carla_server.world.worlds import world
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement import Lidar, LidarSettings, Radar, RadarSettings, obstacle
from wormdrive.carla_server.world import VEHICLE_MODELS

SCENE = world()
for _k, _kind in enumerate(VEHICLE_MODELS):
    SCENE.spawn_vehicle(VEHICLE_MODELS[_kind], Pose(480.0 + 14.0 * _k, -4.0, 0.0, 0.3 * _k))


@settings(max_examples=40, deadline=None)
@given(
    place=st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e3, 1e3)),
    near=st.booleans(),
    attitude=st.tuples(*[st.floats(-10.0, 10.0)] * 3),
    dt_s=st.floats(0.0, 0.1),
)
def test_rays_from_anywhere_are_finite(
    place: tuple[float, float, float], near: bool, attitude: tuple[float, float, float], dt_s: float
) -> None:
    x, y, z = (500.0 + place[0] % 50.0, place[1] % 8.0, place[2] % 5.0) if near else place
    pose = Pose(x, y, z, *attitude)
    lidar = Lidar(LidarSettings(range_m=30.0, points_per_second=10_000.0))
    for scan in (lidar.scan(SCENE, pose, dt_s), lidar.scan_semantic(SCENE, pose, dt_s)):
        assert np.isfinite(scan.points).all()
        assert scan.counts.sum() == len(scan.points)
        assert (np.linalg.norm(scan.points[:, :3], axis=1) <= 30.001).all()
    assert np.isfinite(Radar(RadarSettings(range_m=30.0)).measure(SCENE, pose, dt_s)).all()
    obstacle(SCENE, pose, 30.0, 1.0)
