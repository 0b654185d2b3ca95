"""What the real client's sensors say, each against what is known of the world."""

from __future__ import annotations

import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")


def test_every_sensor_sends_what_it_should(server: CarlaServer) -> None:
    result = run_client(
        """
import math
import numpy as np
points = world.get_map().get_spawn_points()
synchronous()
car = world.spawn_actor(blueprint("vehicle.wormdrive.saloon"), points[0])
ahead = carla.Transform(points[0].transform(carla.Location(x=20.0)), points[0].rotation)
other = world.spawn_actor(blueprint("vehicle.audi.tt"), ahead)
def sensor(name, mount, **attributes):
    return listening(world.spawn_actor(blueprint(name, **attributes), mount, attach_to=car))
front = carla.Transform(carla.Location(x=2.3, z=0.7))
roof = carla.Transform(carla.Location(z=2.0))
lens = carla.Transform(carla.Location(x=0.5, z=1.4))
size = dict(image_size_x=128, image_size_y=64)
got = dict(
    lidar=sensor("sensor.lidar.ray_cast", roof, channels=16, range=50, points_per_second=40000),
    semantic=sensor("sensor.lidar.ray_cast_semantic", roof, channels=16, range=50, points_per_second=400000,
        upper_fov=5, rotation_frequency=30),
    radar=sensor("sensor.other.radar", front, points_per_second=20000, horizontal_fov=10, vertical_fov=2),
    gnss=sensor("sensor.other.gnss", carla.Transform()), imu=sensor("sensor.other.imu", carla.Transform()),
    tags=sensor("sensor.camera.semantic_segmentation", lens, **size),
    depth=sensor("sensor.camera.depth", lens, **size),
    instance=sensor("sensor.camera.instance_segmentation", lens, **size))
obstacles = sensor("sensor.other.obstacle", front, distance=30.0, hit_radius=0.5)
slow = sensor("sensor.other.imu", carla.Transform(), sensor_tick=0.1)
frame = world.tick()
data = {name: of_frame(queue_, frame) for name, queue_ in got.items()}
pixels = {name: np.frombuffer(bytes(data[name].raw_data), np.uint8).reshape(64, 128, 4).astype(int)
    for name in ("tags", "depth", "instance")}
there = pixels["tags"][..., 2] == 14
depth = (pixels["depth"][..., 2] + 256 * pixels["depth"][..., 1] + 65536 * pixels["depth"][..., 0]) / (2**24 - 1) * 1000
ids = pixels["instance"][..., 1] + 256 * pixels["instance"][..., 0]
hit = [d for d in data["semantic"] if d.object_idx == other.id]
geo = world.get_map().transform_to_geolocation(car.get_location())
met = obstacles.get(timeout=5.0)
for _ in range(9):
    world.tick()
result = dict(
    lidar=[data["lidar"].channels, len(data["lidar"])], tags=sorted({int(d.object_tag) for d in data["semantic"]}),
    hit=[min(d.point.x for d in hit), max(abs(d.point.y) for d in hit)],
    radar=[min(d.depth for d in data["radar"]), max(abs(d.azimuth) for d in data["radar"])],
    gnss=[data["gnss"].latitude, data["gnss"].longitude], geo=[geo.latitude, geo.longitude],
    up=data["imu"].accelerometer.z, compass=data["imu"].compass, yaw=math.radians(car.get_transform().rotation.yaw),
    seen=int(there.sum()), depth=float(np.median(depth[there])), ids=sorted(set(ids[there].tolist())),
    none=int((ids[~there] != 0).sum()), other=other.id, met=[met.other_actor.id, met.distance, met.actor.id == car.id],
    slow=slow.qsize())
""",
        server.port,
    )
    assert result["lidar"][0] == 16
    assert result["lidar"][1] > 100
    assert {1, 14} <= set(result["tags"])
    assert result["hit"] == pytest.approx([20.0 - 2.09, 1.0], abs=0.4)
    assert result["radar"][0] == pytest.approx(20.0 - 2.09 - 2.3, abs=0.3)
    assert 0.0 < result["radar"][1] <= 0.0873 + 1e-3
    assert result["gnss"] == pytest.approx(result["geo"], abs=0.01)
    assert result["up"] == pytest.approx(9.81, abs=0.1)
    assert result["compass"] == pytest.approx((result["yaw"] + 0.5 * 3.14159265) % 6.2831853, abs=0.01)
    assert result["seen"] > 20
    assert result["depth"] == pytest.approx(20.0 - 2.09 - 0.5, abs=1.0)
    assert result["ids"] == [result["other"]]
    assert result["none"] == 0
    assert result["met"][0] == result["other"]
    assert result["met"][1] == pytest.approx(20.0 - 2.09 - 2.3, abs=0.7)
    assert result["met"][2]
    assert 3 <= result["slow"] <= 4


def test_collisions_and_lane_invasions_are_felt(server: CarlaServer) -> None:
    result = run_client(
        """
client.reload_world()
world = client.get_world()
points = world.get_map().get_spawn_points()
synchronous()
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), points[0])
wall = world.spawn_actor(blueprint("vehicle.carlamotors.firetruck"),
    carla.Transform(points[0].transform(carla.Location(x=25.0)), points[0].rotation))
collisions = listening(world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car))
lines = listening(world.spawn_actor(blueprint("sensor.other.lane_invasion"), carla.Transform(), attach_to=car))
world.tick()
car.set_target_velocity(points[0].get_forward_vector() * 12.0)
for _ in range(90):
    world.tick()
first = collisions.get(timeout=5.0)
car.set_transform(points[20])
car.set_target_velocity(points[20].get_forward_vector() * 8.0)
car.apply_control(carla.VehicleControl(throttle=0.5, steer=-0.6))
before = collisions.qsize()
for _ in range(60):
    world.tick()
time.sleep(0.5)
kinds = set()
while not collisions.empty():
    kinds.add(collisions.get().other_actor.type_id)
impulse = first.normal_impulse
result = dict(other=first.other_actor.type_id, own=first.actor.id == car.id,
    along=impulse.dot(points[0].get_forward_vector()), size=impulse.length(), kinds=sorted(kinds), lines=lines.qsize())
""",
        server.port,
        limit_s=90.0,
    )
    assert result["other"] == "vehicle.carlamotors.firetruck"
    assert result["own"]
    assert result["along"] == pytest.approx(-result["size"], rel=0.1)
    assert "static.terrain" in result["kinds"]
    assert result["lines"] >= 1
