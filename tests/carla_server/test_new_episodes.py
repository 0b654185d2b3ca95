"""New episodes as clients ask for them: other maps, maps of their own; what becomes of Traffic Managers and sensors."""

from __future__ import annotations

import re

import pytest

from tests.carla_server.raw_client import RawClient, transform
from tests.support.carla_server import run_client, serving
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.roads import BUILTIN_MAPS, read_map

GOOD = read_map("country_loop").text


def test_clients_change_maps(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
first = world.id
maps = client.get_available_maps()
car = world.spawn_actor(blueprint("vehicle.audi.tt"), world.get_map().get_spawn_points()[0])
synchronous()
world = client.load_world("highway", False)
kept = world.get_settings().synchronous_mode
frames = [world.tick(), world.tick()]
name = world.get_map().name
world = client.reload_world()
reset = world.get_settings().synchronous_mode
actors = [actor.type_id for actor in world.get_actors() if not actor.type_id.startswith("traffic")]
refused = ""
try:
    client.generate_opendrive_world(bad, carla.OpendriveGenerationParameters())
except RuntimeError as error:
    refused = str(error)
world = client.generate_opendrive_world(good, carla.OpendriveGenerationParameters())
drawn = world.get_map()
car = world.spawn_actor(world.get_blueprint_library().find("vehicle.audi.tt"), drawn.get_spawn_points()[0])
world.wait_for_tick()
result = dict(maps=maps, first=first, kept=kept, frames=frames, name=name, reset=reset, actors=actors, last=world.id,
    refused=refused, drawn=drawn.name, points=len(drawn.get_spawn_points()), topology=len(drawn.get_topology()))
client.load_world("suburb")
""",
        server.port,
        good=GOOD,
        bad=re.sub(r'<laneSection s="[^"]*"', '<laneSection s="99999"', GOOD, count=1),
        limit_s=90.0,
    )
    assert result["maps"][0] == "/Game/Carla/Maps/suburb"
    assert len(result["maps"]) == len(BUILTIN_MAPS)
    assert result["kept"]
    assert not result["reset"]
    assert result["frames"][1] == result["frames"][0] + 1
    assert result["name"].endswith("highway")
    assert result["actors"] == ["spectator"]
    assert "laneSection" in result["refused"]
    assert result["drawn"].endswith("OpenDriveMap")
    assert result["points"] > 3
    assert result["topology"] > 0
    assert result["last"] == result["first"] + 3


def test_a_traffic_manager_drives_and_survives_a_new_episode(server: CarlaServer) -> None:
    pytest.importorskip("carla")
    result = run_client(
        """
import socket
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    manager_port = free.getsockname()[1]
manager = client.get_trafficmanager(manager_port)
manager.set_synchronous_mode(True)
manager.set_random_device_seed(1)
synchronous(0.05)
points = world.get_map().get_spawn_points()
cars = [world.spawn_actor(blueprint("vehicle.tesla.model3"), points[k]) for k in range(0, 40, 8)]
for car in cars:
    car.set_autopilot(True, manager_port)
for _ in range(200):
    world.tick()
speeds = [car.get_velocity().length() for car in cars]
lanes = [world.get_map().get_waypoint(car.get_location()).transform.location.distance(car.get_location())
    for car in cars]
world = client.reload_world()
result = dict(speeds=speeds, lanes=lanes, id=world.id)
manager.shut_down()
""",
        server.port,
        limit_s=90.0,
    )
    assert max(result["speeds"]) > 3.0
    assert sorted(result["lanes"])[2] < 1.0
    with RawClient(server.port) as raw:
        assert raw.get("is_traffic_manager_running", 8000) is False


@pytest.mark.slow
@pytest.mark.parametrize("live", [False, True])
def test_an_asynchronous_traffic_manager_survives_new_episodes(live: bool) -> None:
    """Set back to asynchronous mode just before, or in it all the time with vehicles under way, which stay behind."""
    pytest.importorskip("carla")
    with serving("suburb") as alone:
        result = run_client(
            """
import socket
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    manager_port = free.getsockname()[1]
manager = client.get_trafficmanager(manager_port)
def asynchronous():
    manager.set_synchronous_mode(False)
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = False, None
    world.apply_settings(settings)
def step():
    return world.wait_for_tick() if live else world.tick()
def drive():
    points = world.get_map().get_spawn_points()
    cars = [world.spawn_actor(blueprint("vehicle.tesla.model3"), points[k]) for k in (2, 10, 18)]
    for car in cars:
        car.set_autopilot(True, manager_port)
    for _ in range(30):
        step()
    return max(car.get_velocity().length() for car in cars)
speeds = []
for name in ("country_loop", "suburb"):
    if live:
        asynchronous()
    else:
        synchronous(0.05)
        manager.set_synchronous_mode(True)
    speeds.append(drive())
    if not live:
        asynchronous()
    world = client.load_world(name)
if not live:
    synchronous(0.05)
    manager.set_synchronous_mode(True)
speeds.append(drive())
asynchronous()
result = speeds
""",
            alone.port,
            live=live,
            limit_s=120.0,
        )
    assert min(result) > 0.5


def test_a_traffic_manager_is_gone_with_its_client() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as watching:
        with RawClient(alone.port) as client:
            assert client.get("add_traffic_manager_running", ["10.0.0.1", 8123])
            assert not client.get("add_traffic_manager_running", ["10.0.0.2", 8123])
            assert watching.get("get_traffic_manager_running", 8123) == ["10.0.0.1", 8123]
        for _ in range(100):
            if not watching.get("is_traffic_manager_running", 8123):
                break
        assert watching.get("get_traffic_manager_running", 8123) == ["", 0]


def test_a_new_episode_begins_after_the_reply_and_ends_the_sensors() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        client.synchronous()
        before = client.get("get_episode_info")[0]
        sensor = client.spawn("sensor.other.imu", transform())
        with client.listen(sensor) as stream:
            frame = client.get("tick_cue")
            stream.of_frame(frame)
            assert client.call("load_new_episode", "", False, 0) == [[False]]
            assert client.get("get_episode_info")[0] == before
            for _ in range(20_000):
                if client.get("get_episode_info")[0] != before:
                    break
            assert client.get("get_episode_info")[0] == before + 1
            with pytest.raises(ConnectionError):
                stream.read()
        assert client.get("tick_cue") > frame
        assert client.get("get_actors_by_id", [sensor[0]]) == []
