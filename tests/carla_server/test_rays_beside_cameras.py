"""Lidar, radar and ray casts beside cameras in the same pose, with the real client: both meet the same surfaces."""

from __future__ import annotations

import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")

WATCH = """
import math
import numpy as np

synchronous(0.05)
WIDTH, HEIGHT, FOV = 960, 540, 70.0
focal = 0.5 * WIDTH / math.tan(math.radians(0.5 * FOV))
start = next(p for p in world.get_map().get_spawn_points() if abs(p.rotation.roll) + abs(p.rotation.pitch) < 0.5)
eye = carla.Transform(start.transform(carla.Location(z=1.8)), start.rotation)
size = dict(image_size_x=WIDTH, image_size_y=HEIGHT, fov=FOV)
POINT = np.dtype([("at", "<f4", 3), ("cosine", "<f4"), ("actor", "<u4"), ("tag", "<u4")])
def put(name, place=None, **attributes):
    return listening(world.spawn_actor(blueprint(name, **attributes), place or eye))
instances, depths = put("sensor.camera.instance_segmentation", **size), put("sensor.camera.depth", **size)
points = put("sensor.lidar.ray_cast_semantic", channels=128, range=80, points_per_second=128 * 20 * 1080,
    rotation_frequency=20, upper_fov=8, lower_fov=-25)
def pixels(data):
    return np.frombuffer(data.raw_data, np.uint8).reshape(HEIGHT, WIDTH, 4).astype(int)
def look():
    frame = world.tick()
    b, g, r = np.moveaxis(pixels(of_frame(depths, frame))[:, :, :3], 2, 0)
    instance = pixels(of_frame(instances, frame))
    scan = np.frombuffer(bytes(of_frame(points, frame).raw_data), POINT)
    scan = scan[scan["at"][:, 0] > 0.5]
    x, y, z = scan["at"].astype(float).T
    u, v = np.floor(0.5 * WIDTH + focal * y / x).astype(int), np.floor(0.5 * HEIGHT - focal * z / x).astype(int)
    seen = (u >= 0) & (u < WIDTH) & (v >= 0) & (v < HEIGHT)
    u, v = u[seen], v[seen]
    depth = (r + 256 * g + 65536 * b) / (2**24 - 1) * 1000.0
    ids = instance[:, :, 1] + 256 * instance[:, :, 0]
    return scan[seen], u, v, ids, depth
def around(mask):  # pixels show what is at their middle: a point near an outline may fall into the next one
    wide = np.pad(mask, 1)
    return np.any([wide[k : k + HEIGHT, m : m + WIDTH] for k in range(3) for m in range(3)], axis=0)
"""


@pytest.mark.slow
def test_lidar_points_lie_on_what_the_cameras_show(server: CarlaServer) -> None:
    """Of every vehicle, of walkers, standing and striding, and of props: within its picture, at its depth."""
    result = run_client(
        WATCH
        + """
names = ["vehicle.tesla.model3", "vehicle.mercedes.sprinter", "vehicle.carlamotors.firetruck",
    "vehicle.mitsubishi.fusorosa", "vehicle.yamaha.yzf", "vehicle.bh.crossbike", "walker.pedestrian.0001", "striding"]
names += ["static.prop." + name for name in ("constructioncone", "streetsign", "streetbarrier", "barrel", "table",
    "mailbox")]
result = {}
for k, name in enumerate(names):
    away, walks = 8.0 if "vehicle" not in name else 13.0, name == "striding"
    place = carla.Transform(start.transform(carla.Location(x=away, y=-1.0, z=0.02)), start.rotation)
    place.rotation.yaw += 35.0 + 40.0 * k
    person = walks or "walker" in name
    if person:
        place.location.z += 0.95
    body = world.spawn_actor(blueprint("walker.pedestrian.0020" if walks else name), place)
    if walks:
        body.apply_control(carla.WalkerControl(carla.Vector3D(y=1.0), 1.3))
    world.tick()
    scan, u, v, ids, depth = look()
    shown = ids == (body.id & 0xFFFF)
    own = scan["actor"] == body.id
    inside = own & around(shown)[v, u]
    exact = own & shown[v, u]
    error = np.abs(depth[v[exact], u[exact]] - scan["at"][exact, 0])
    result[name] = [int(own.sum()), float(1.0 - inside.sum() / max(own.sum(), 1)), float(np.median(error)),
        float(np.percentile(error, 95))]
    body.destroy()
    world.tick()
""",
        server.port,
        limit_s=300.0,
    )
    assert len(result) == 14
    for name, (count, outside, median, most) in result.items():
        assert count > 40, name
        assert outside < 0.01, (name, outside)
        assert median < 0.02, (name, median)
        assert most < 0.05, (name, most)
