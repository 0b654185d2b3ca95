"""Vehicles are told of a red light where they have to brake, so that Traffic Managers stop at the line."""

from __future__ import annotations

import math

import pytest

from tests.support.carla_server import run_client, serving
from wormdrive.carla_server.actors.lights import lights_near
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.world import VEHICLE_MODELS
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import Conditions


def test_a_vehicle_is_told_of_a_light_where_it_has_to_brake() -> None:
    world = CarlaEpisode(1, "town", read_map("town"), Conditions(), 0).world
    lights = world.lights
    stop = lights.stops(0)[0]
    for metres, speed, told in ((30.0, 0.0, -1), (3.5, 0.0, 0), (30.0, 13.9, -1), (20.0, 13.9, 0), (-1.0, 0.0, -1)):
        x, y = stop.x - metres * math.cos(stop.heading), stop.y - metres * math.sin(stop.heading)
        car = world.spawn_vehicle(VEHICLE_MODELS["car"], Pose(x, y, stop.z, stop.heading))
        velocity = (speed * math.cos(stop.heading), speed * math.sin(stop.heading), 0.0)
        motions = [motion._replace(velocity_mps=velocity) for motion in world.motions()]
        assert lights_near(world, motions) == [told]
        world.remove(car)


TRAFFIC = """
import socket
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    manager_port = free.getsockname()[1]
lights = world.get_actors().filter("traffic.traffic_light*")
synchronous(0.05)
manager = client.get_trafficmanager(manager_port)
manager.set_synchronous_mode(True)
manager.set_random_device_seed(1)
light = lights[0]
for other in light.get_group_traffic_lights():
    other.set_state(carla.TrafficLightState.Red)
light.freeze(True)
stop = light.get_stop_waypoints()[0]
start = stop.previous(45.0)[0].transform
start.location.z += 0.2
car = world.spawn_actor(blueprint("vehicle.tesla.model3"), start)
world.tick()
car.set_autopilot(True, manager_port)
for _ in range(300):
    world.tick()
place = car.get_location()
waiting = dict(away=place.distance(stop.transform.location), speed=car.get_velocity().length(),
    at=car.is_at_traffic_light(), state=str(car.get_traffic_light_state()))
light.freeze(False)
light.set_state(carla.TrafficLightState.Green)
light.freeze(True)
for _ in range(160):
    world.tick()
result = dict(lights=len(lights), waiting=waiting, drove=car.get_location().distance(place),
    poles=sorted(one.get_pole_index() for one in light.get_group_traffic_lights()),
    crosswalks=len(world.get_map().get_crosswalks()), stops=len(world.get_map().get_all_landmarks_of_type("206")))
"""


def test_a_traffic_manager_stops_at_the_line_and_goes_on() -> None:
    pytest.importorskip("carla")
    with serving("town") as server:
        found = run_client(TRAFFIC, server.port, limit_s=120.0)
    assert found["lights"] == 22
    assert found["crosswalks"] == 110
    assert found["stops"] == 4
    assert found["poles"] == list(range(len(found["poles"])))
    assert 2.5 < found["waiting"]["away"] < 9.0
    assert found["waiting"]["speed"] < 0.05
    assert found["waiting"]["at"]
    assert found["waiting"]["state"] == "Red"
    assert found["drove"] > 15.0
