"""Props, trees and houses are solid to the real client: it drives into them, measures them, and lists them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.support.carla_server import run_client
from wormdrive.carla_server.actors.actors import Prop, Vehicle
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, WalkerControl
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.world import spawn_points
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions

CAR = Description("vehicle.tesla.model3", {})
BARRIER = Description("static.prop.streetbarrier", {})


@pytest.fixture
def episode() -> CarlaEpisode:
    return CarlaEpisode(1, "country_loop", read_map("country_loop"), Conditions(), 0)


def driving(episode: CarlaEpisode, start: Pose, speed: float = 10.0) -> Vehicle:
    car = episode.spawn(CAR, start)
    assert isinstance(car, Vehicle)
    episode.world.set_velocity(car.body, start.turned((speed, 0.0, 0.0)))
    return car


def others(episode: CarlaEpisode, seconds: float) -> list[str]:
    collisions = [one for _ in range(round(seconds / 0.05)) for one in episode.step(0.05)]
    met = [None if one.other is None else episode.actors.of_body(one.other) for one in collisions]
    return [f"tag {one.tag}" if actor is None else actor.type_id for one, actor in zip(collisions, met, strict=True)]


def test_what_is_mounted_on_a_vehicle_is_seen_and_not_hit(episode: CarlaEpisode) -> None:
    start = spawn_points(episode.road_map)[0]
    car = driving(episode, start)
    box = episode.spawn(Description("static.prop.box01", {}), Pose(0.0, 0.0, 1.0), car.id)
    front = episode.spawn(Description("static.prop.box02", {}), Pose(2.6, 0.0, 0.3), car.id)
    assert isinstance(box, Prop)
    assert others(episode, 2.0) == []
    assert box.pose == car.pose.carrying(Pose(0.0, 0.0, 1.0))
    placed = episode.world.props.pose(box.body)
    np.testing.assert_allclose(placed.place, box.pose.place, atol=1e-9)
    np.testing.assert_allclose(episode.world.props.velocity(box.body), car.velocity, atol=1e-9)
    episode.destroy(car)
    driving(episode, front.pose.carrying(Pose(-12.0)))
    assert others(episode, 2.0)[:1] == [box.type_id]  # what is left behind stands in the way


def test_a_walker_and_a_prop_are_both_hit(episode: CarlaEpisode) -> None:
    start = spawn_points(episode.road_map)[0]
    driving(episode, start)
    walker = episode.spawn(Description("walker.pedestrian.0001", {}), start.carrying(Pose(8.0, 0.0, 1.0)))
    walker.control = WalkerControl((1.0, 0.0, 0.0), 0.0, False)  # type: ignore[attr-defined]
    episode.spawn(BARRIER, start.carrying(Pose(14.0, 0.0, 0.0, math.pi / 2.0)))
    found = others(episode, 3.0)
    assert list(dict.fromkeys(found)) == ["walker.pedestrian.0001", "static.prop.streetbarrier"]


def test_a_pushed_prop_is_where_the_world_says(episode: CarlaEpisode) -> None:
    start = spawn_points(episode.road_map)[0]
    driving(episode, start, 12.0)
    cone = episode.spawn(Description("static.prop.trafficcone01", {}), start.carrying(Pose(8.0)))
    camera = episode.spawn(Description("sensor.other.gnss", {}), Pose(0.0, 0.0, 1.0), cone.id)
    assert isinstance(cone, Prop)
    episode.world.props.set_physics(cone.body, True)
    before = cone.pose
    found = others(episode, 1.0)
    assert "static.prop.trafficcone01" in found
    assert math.dist(cone.pose.place, before.place) > 4.0
    assert cone.pose == episode.world.props.pose(cone.body)
    assert camera.pose == cone.pose.carrying(Pose(0.0, 0.0, 1.0))
    ground = episode.world.index.locate([cone.pose.x], [cone.pose.y], [cone.pose.z]).z_m[0]
    assert cone.pose.z == pytest.approx(ground, abs=0.02)


def test_props_that_cannot_be_placed_are_refused(episode: CarlaEpisode) -> None:
    with pytest.raises(RequestError, match="pose="):
        episode.spawn(BARRIER, Pose(1e9))
    barrier = episode.spawn(BARRIER, Pose(50.0, 0.0))
    with pytest.raises(RequestError, match="pose="):
        episode.move(barrier, Pose(math.nan))
    assert barrier.pose == Pose(50.0, 0.0)


def test_a_client_drives_into_a_barrier(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
import math
start = world.get_map().get_spawn_points()[0]
synchronous()
def beside(ahead, left=0.0, up=0.0, yaw=0.0):
    place = start.transform(carla.Location(x=ahead, y=-left, z=up))
    return carla.Transform(place, carla.Rotation(yaw=start.rotation.yaw + yaw))
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
car.apply_control(carla.VehicleControl(manual_gear_shift=True, gear=0))  # rolls freely
barrier = world.spawn_actor(blueprint("static.prop.streetbarrier"), beside(15.0, yaw=60.0))
events = listening(world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car))
lidar = listening(world.spawn_actor(blueprint("sensor.lidar.ray_cast_semantic", channels=32, range=40, upper_fov=2,
    lower_fov=-8, points_per_second=800000, rotation_frequency=30), carla.Transform(carla.Location(z=1.0)),
    attach_to=car))
radar = listening(world.spawn_actor(blueprint("sensor.other.radar", horizontal_fov=2, vertical_fov=2),
    carla.Transform(carla.Location(x=2.4, z=0.8)), attach_to=car))
obstacles = listening(world.spawn_actor(blueprint("sensor.other.obstacle", distance=30, hit_radius=0.2),
    carla.Transform(carla.Location(x=2.4, z=0.6)), attach_to=car))
frame = world.tick()
scan = of_frame(lidar, frame)
on = [p for p in scan if p.object_idx == barrier.id]
where = []
for p in on:
    place = car.get_transform().transform(carla.Location(p.point.x, p.point.y, p.point.z + 1.0))
    matrix = barrier.get_transform().get_inverse_matrix()
    x, y, z = (sum(matrix[k][j] * (place.x, place.y, place.z, 1.0)[j] for j in range(4)) for k in range(3))
    box = barrier.bounding_box
    where.append(max(abs(x) / box.extent.x, abs(y) / box.extent.y, abs(z - box.location.z) / box.extent.z))
depths = [d.depth for d in of_frame(radar, frame)]
met = obstacles.get(timeout=5.0)
taken = world.try_spawn_actor(blueprint("vehicle.audi.tt"), beside(15.0)) is None
try:
    world.spawn_actor(blueprint("vehicle.audi.tt"), beside(15.5))
    said = ""
except RuntimeError as error:
    said = str(error)
above = beside(15.0, up=5.0).location
down = world.project_point(above, carla.Vector3D(0, 0, -1), 20.0)
line = [point for up in (0.2, 0.35, 0.5, 0.65, 0.8)
    for point in world.cast_ray(beside(5.0, up=up).location, beside(25.0, up=up).location)]
boxes = world.get_level_bbs(carla.CityObjectLabel.Dynamic)
for sensor in sensors[1:]:
    sensor.stop()
car.set_target_velocity(start.get_forward_vector() * 10.0)
for _ in range(60):
    world.tick()
hits = [events.get(timeout=5.0)]
while not events.empty():
    hits.append(events.get())
stopped = [car.get_location().distance(start.location), car.get_velocity().length()]
aim = barrier.get_transform()
barrier.set_transform(beside(15.0, left=-30.0))
car.set_transform(start)
car.set_target_velocity(start.get_forward_vector() * 10.0)
for _ in range(60):
    world.tick()
passed = [events.qsize(), car.get_location().distance(start.location)]
result = dict(on=len(on), where=[min(where), max(where)], tags=sorted({p.object_tag for p in on}), depth=min(depths),
    met=[met.other_actor.id, met.distance], barrier=barrier.id, taken=taken, said=said,
    down=[down.location.z - start.location.z, int(down.label)],
    line=[[p.location.distance(start.location), int(p.label)] for p in line],
    boxes=[[b.extent.x, b.rotation.yaw, b.location.distance(beside(15.0, up=0.5).location)] for b in boxes],
    hits=sorted({(h.other_actor.id, h.other_actor.type_id) for h in hits}), impulse=hits[0].normal_impulse.length(),
    stopped=stopped, passed=passed, yaw=start.rotation.yaw + 60.0)
client.reload_world()
""",
        server.port,
    )
    assert result["on"] > 50
    assert 0.0 < result["where"][0] < result["where"][1] < 1.01, "on its shape, which lies within its box"
    assert result["tags"] == [21]
    assert result["depth"] == pytest.approx(15.0 - 2.4 - 0.25 / math.sin(math.radians(60.0)), abs=0.2)
    assert result["met"][0] == result["barrier"]
    assert result["met"][1] == pytest.approx(15.0 - 2.4 - (0.25 + 0.2) / math.sin(math.radians(60.0)), abs=0.15)
    assert result["taken"]
    assert result["said"] == "Spawn failed because of collision at spawn position"
    assert result["down"] == pytest.approx([1.0, 21], abs=0.05)
    assert result["line"]
    assert all(14.6 < distance < 15.3 and label == 21 for distance, label in result["line"]), "on its boards"
    assert result["boxes"][0] == pytest.approx([0.6, result["yaw"], 0.0], abs=0.01)
    assert result["hits"] == [[result["barrier"], "static.prop.streetbarrier"]]
    assert result["impulse"] > 1_000.0
    assert result["stopped"][0] < 15.0
    assert result["stopped"][1] < 4.0
    assert result["passed"][0] == 0
    assert result["passed"][1] > 15.0


def test_a_client_knocks_a_cone_away_and_switches_collisions_off(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
start = world.get_map().get_spawn_points()[0]
synchronous()
def beside(ahead, up=0.0):
    return carla.Transform(start.transform(carla.Location(x=ahead, z=up)), start.rotation)
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
car.apply_control(carla.VehicleControl(manual_gear_shift=True, gear=0))  # rolls freely
events = listening(world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car))
ghost = world.spawn_actor(blueprint("static.prop.mailbox"), beside(8.0))
ghost.set_collisions(False)
cone = world.spawn_actor(blueprint("static.prop.trafficcone01"), beside(12.0, up=0.6))
cone.set_simulate_physics(True)
world.tick()
fallen = cone.get_location().z - car.get_location().z
car.set_target_velocity(start.get_forward_vector() * 10.0)
moving = 0.0
for _ in range(45):
    world.tick()
    moving = max(moving, cone.get_velocity().length())
hits = set()
while not events.empty():
    hits.add(events.get().other_actor.id)
flown, speed = cone.get_location().distance(beside(12.0).location), car.get_velocity().length()
pushed = world.spawn_actor(blueprint("static.prop.barrel"), beside(-20.0))
pushed.set_simulate_physics(True)
world.tick()
pushed.add_impulse(carla.Vector3D(x=60.0))
for _ in range(30):
    world.tick()
result = dict(hits=sorted(hits), cone=cone.id, fallen=fallen, moving=moving, flown=flown, speed=speed,
    pushed=pushed.get_location().distance(beside(-20.0).location))
client.reload_world()
""",
        server.port,
    )
    assert result["hits"] == [result["cone"]]
    assert result["fallen"] == pytest.approx(0.0, abs=0.1)
    assert result["moving"] > 9.0
    assert result["flown"] > 3.0
    assert result["speed"] > 8.5
    assert result["pushed"] == pytest.approx(3.0**2 / (2.0 * 0.5 * 9.81), rel=0.1)


def test_a_client_lists_trees_and_drives_into_one(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
import math
start = world.get_map().get_spawn_points()[0]
world.get_spectator().set_transform(start)
synchronous()
world.tick()
trees = world.get_environment_objects(carla.CityObjectLabel.Vegetation)
posts = world.get_environment_objects(carla.CityObjectLabel.Poles)
boxes = world.get_level_bbs(carla.CityObjectLabel.Vegetation)
everything = world.get_environment_objects(carla.CityObjectLabel.Any)
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
events = listening(world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car))
found = None
for tree in sorted(trees, key=lambda t: t.transform.location.distance(start.location)):
    if tree.bounding_box.extent.z < 3.0:
        continue
    place = tree.transform.location
    for k in range(16):
        away = carla.Transform(place, carla.Rotation(yaw=22.5 * k))
        car.set_transform(carla.Transform(away.transform(carla.Location(x=-6.0)), away.rotation))
        car.set_target_velocity(away.get_forward_vector() * 8.0)
        world.tick()
        while not events.empty():
            events.get()
        hits = []
        for _ in range(30):
            world.tick()
            while not events.empty():
                hits.append(events.get())
        hits = [h for h in hits if h.other_actor.type_id != "static.terrain"]
        if hits:
            found = [hits[0].other_actor.type_id, hits[0].other_actor.id, hits[0].normal_impulse.length(),
                car.get_velocity().length()]
            break
    if found:
        break
one = trees[0]
result = dict(found=found, trees=len(trees), posts=len(posts), boxes=len(boxes), all=len(everything),
    ids=len({t.id for t in everything}), tag=int(one.type), name=one.name, extent=one.bounding_box.extent.z,
    up=one.bounding_box.location.z - one.transform.location.z)
client.reload_world()
""",
        server.port,
    )
    assert result["found"][:2] == ["static.vegetation", 0]
    assert result["found"][2] > 1_000.0
    assert result["found"][3] < 6.0
    assert result["trees"] > 50
    assert result["posts"] > 0
    assert result["boxes"] == result["trees"]
    assert result["trees"] + result["posts"] <= result["all"] == result["ids"] <= 2_000
    assert result["tag"] == 9
    assert result["name"].startswith("Vegetation_")
    assert result["up"] == pytest.approx(result["extent"])


def test_a_client_drives_into_a_house(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
world = client.load_world("town")
world.tick()
synchronous(0.05)
world.tick()
houses = world.get_environment_objects(carla.CityObjectLabel.Buildings)
lamps = world.get_level_bbs(carla.CityObjectLabel.TrafficLight)
lights = world.get_actors().filter("traffic.traffic_light*")
start = carla.Transform(carla.Location(30, -6, 1), carla.Rotation(yaw=-90))
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
events = listening(world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car))
world.tick()
ray = world.cast_ray(start.location, start.transform(carla.Location(x=30.0)))
car.set_target_velocity(10.0 * start.get_forward_vector())
for _ in range(60):
    world.tick()
met = []
while not events.empty():
    met.append(events.get().other_actor.type_id)
near = min(h.bounding_box.location.distance(car.get_location()) for h in houses)
result = dict(houses=len(houses), lamps=len(lamps), lights=len(lights), met=sorted(set(met)), near=near,
    ray=[int(p.label) for p in ray], tags=sorted({int(h.type) for h in houses}))
client.load_world("suburb")
""",
        server.port,
    )
    assert result["houses"] > 100
    assert result["tags"] == [3]
    assert result["lamps"] == result["lights"] > 0
    assert "static.building" in result["met"]
    assert result["near"] < 14.0
    assert 3 in result["ray"]
