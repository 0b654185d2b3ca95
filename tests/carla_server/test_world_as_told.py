"""Weather, scenery and lamps as the real client changes them, and what cameras and rays show of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.carla_server import run_client, serving
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")

NIGHT = "carla.WeatherParameters(sun_altitude_angle=-30.0)"


@pytest.fixture(scope="module")
def town() -> Iterator[CarlaServer]:
    with serving("town") as running:
        yield running


def test_every_world_begins_with_its_own_weather(town: CarlaServer) -> None:
    result = run_client(
        f"""
first = world.get_weather()
world.set_weather({NIGHT})
dark = world.get_weather().sun_altitude_angle
world = client.reload_world()
reloaded = world.get_weather() == first
world.set_weather({NIGHT})
world = client.load_world("town")
result = [dark, reloaded, world.get_weather() == first]
""",
        town.port,
    )
    assert result == [-30.0, True, True]


def test_a_fixed_delta_in_asynchronous_mode_runs_as_fast_as_it_can(town: CarlaServer) -> None:
    result = run_client(
        """
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = False, 0.1
world.apply_settings(settings)
world.wait_for_tick()
began, before = time.monotonic(), world.wait_for_tick()
while True:
    now = world.wait_for_tick()
    if now.timestamp.elapsed_seconds - before.timestamp.elapsed_seconds > 120.0:
        break
took = time.monotonic() - began
settings.fixed_delta_seconds = None
world.apply_settings(settings)
world.wait_for_tick()
result = [took, now.timestamp.delta_seconds, world.wait_for_tick().timestamp.delta_seconds]
""",
        town.port,
        limit_s=200.0,
    )
    assert result[0] < 110.0  # two minutes of the world
    assert result[1:] == pytest.approx([0.1, 1.0 / 30.0], abs=1e-6)


@pytest.mark.slow
def test_hidden_objects_are_hidden_from_every_sensor_and_show_again(town: CarlaServer) -> None:
    """From a car beside a house: cameras, lidar and ray casts lose it, a wheel goes through, and all comes back."""
    result = run_client(
        """
import math
import numpy as np
synchronous(0.05)
Label = carla.CityObjectLabel
spectator = world.get_spectator()
start = world.get_map().get_spawn_points()[0]
spectator.set_transform(start)
world.tick()
here = start.location
houses = sorted(world.get_environment_objects(Label.Buildings), key=lambda o: o.transform.location.distance(here))
house = houses[0]
trees = [tree for tree in world.get_environment_objects(Label.Vegetation)
    if 8.0 < tree.transform.location.distance(here) and tree.bounding_box.extent.z > 2.0]
trees.sort(key=lambda one: one.transform.location.distance(here))
def lonely(one):
    return min(one.transform.location.distance(other.transform.location) for other in trees if other.id != one.id)
tree = max(trees[:60], key=lonely)
world.enable_environment_objects({trees[-1].id}, False)  # from here on pictures show trees where rays meet them
def looking_at(one, away):
    middle = one.bounding_box.location
    way = math.atan2(middle.y - here.y, middle.x - here.x)
    return carla.Transform(carla.Location(middle.x - away * math.cos(way), middle.y - away * math.sin(way),
        one.transform.location.z + 1.5), carla.Rotation(yaw=math.degrees(way)))
size = dict(image_size_x=320, image_size_y=180, fov=70)
POINT = np.dtype([("at", "<f4", 3), ("cosine", "<f4"), ("actor", "<u4"), ("tag", "<u4")])
def views(one, tag, away):
    place = looking_at(one, away)
    camera = world.spawn_actor(blueprint("sensor.camera.depth", **size), place)
    lidar = world.spawn_actor(blueprint("sensor.lidar.ray_cast_semantic", channels=32, range=40, upper_fov=20,
        lower_fov=-5, points_per_second=400000, rotation_frequency=20, horizontal_fov=70), place)
    obstacle = world.spawn_actor(blueprint("sensor.other.obstacle", distance=30.0, hit_radius=0.3), place)
    return place, tag, away, camera, listening(camera), listening(lidar), listening(obstacle)
sights = dict(house=views(house, 3, 25.0), tree=views(tree, 9, 6.0))
def seen():
    world.tick()
    frame = world.tick()
    found = {}
    for name, (place, tag, away, camera, pictures, points, obstacles) in sights.items():
        picture = np.frombuffer(of_frame(pictures, frame).raw_data, np.uint8).reshape(180, 320, 4)[50:88, 150:170]
        depth = picture[:, :, :3].astype(int) @ np.array([65536, 256, 1]) / (2**24 - 1) * 1000.0
        scan = np.frombuffer(bytes(of_frame(points, frame).raw_data), POINT)
        near = np.hypot(scan["at"][:, 0], scan["at"][:, 1]) < away + 0.5
        ahead = near & (np.abs(np.arctan2(scan["at"][:, 1], scan["at"][:, 0])) < 0.06)
        # Several rays, and farther: a tree is a card that leans towards who looks, and has gaps.
        ends = [place.transform(carla.Location(x=away + 3.0, y=0.2 * k)) for k in range(-5, 6)]
        met = 0
        while not obstacles.empty():
            event = obstacles.get()
            met += event.frame == frame and event.distance < away
        found[name] = [int((depth < away + 0.5).sum()), int((scan["tag"][ahead] == tag).sum()),
            sum(any(int(p.label) == tag for p in world.cast_ray(place.location, end)) for end in ends), met]
    return found
before = seen()
world.enable_environment_objects({house.id, tree.id}, False)
hidden = seen()
listed = {one.id for one in world.get_environment_objects(Label.Any)}
still = [house.id in listed, tree.id in listed]
world.enable_environment_objects({house.id, tree.id}, True)
result = dict(before=before, hidden=hidden, again=seen(), still=still)
for _, _, _, camera, *_ in sights.values():
    camera.destroy()
client.reload_world()
""",
        town.port,
        limit_s=200.0,
    )
    for name in ("house", "tree"):
        assert min(result["before"][name]) > 0, result
        assert result["again"][name] == result["before"][name]
        for before, hidden in zip(result["before"][name][:2], result["hidden"][name][:2], strict=True):
            assert hidden <= 0.1 * before, (name, result)
        assert result["hidden"][name][2:] == [0, 0], (name, result)
    assert result["still"] == [True, True]


@pytest.mark.slow
def test_lamps_are_lit_as_the_light_state_says(town: CarlaServer) -> None:
    result = run_client(
        f"""
import numpy as np
synchronous(0.05)
State = carla.VehicleLightState
start = world.get_map().get_spawn_points()[0]
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
size = dict(image_size_x=320, image_size_y=180, fov=90)
own = listening(world.spawn_actor(blueprint("sensor.camera.rgb", **size), carla.Transform(carla.Location(x=1.0, z=1.5)),
    attach_to=car))
above = carla.Transform(start.transform(carla.Location(x=-12.0, z=9.0)), start.rotation)
above.rotation.pitch = -25.0
other = listening(world.spawn_actor(blueprint("sensor.camera.rgb", **size), above))
def look():
    world.tick()
    frame = world.tick()
    pictures = [np.frombuffer(of_frame(got, frame).raw_data, np.uint8).reshape(180, 320, 4)[:, :, :3].astype(float)
        for got in (own, other)]
    road, aside = pictures[0][130:160, 130:190].mean(), pictures[0][100:110, :30].mean()
    return [road, pictures[1][60:120, 120:200].mean()]
by_day = [int(car.get_light_state()), look()]
world.set_weather({NIGHT})
by_themselves = [look(), int(car.get_light_state())]
car.set_light_state(State.NONE)
off = [look(), int(car.get_light_state())]
car.set_light_state(State(State.Position | State.LowBeam))
on = [look(), int(car.get_light_state())]
car.set_light_state(State(State.LowBeam | State.LeftBlinker))
flags = look() and int(car.get_light_state())
result = dict(by_day=by_day, by_themselves=by_themselves, off=off, on=on, flags=flags)
client.reload_world()
""",
        town.port,
        limit_s=200.0,
    )
    assert result["by_day"][0] == 0
    assert [result[name][1] for name in ("by_themselves", "off", "on")] == [3, 0, 3]
    assert result["flags"] == 2 | 32
    for k in range(2):  # from the car, and from behind and above it
        lit, dark = result["on"][0][k], result["off"][0][k]
        assert lit > (2.0, 1.1)[k] * dark, result  # a camera that no car carries opens its eye in the dark
    assert result["by_themselves"][0] == pytest.approx(result["on"][0], abs=1.0)
