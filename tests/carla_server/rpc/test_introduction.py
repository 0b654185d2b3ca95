"""Introductions: whoever spawns a vehicle in a live world is answered once Traffic Managers know of it."""

from __future__ import annotations

import pytest

from tests.carla_server.raw_client import RawClient, transform
from tests.support.carla_server import run_client, serving

CAR = [0, "vehicle.audi.tt", []]


@pytest.mark.slow
def test_vehicles_that_a_script_hands_over_at_once_drive_in_every_new_episode() -> None:
    """Before the next snapshot, and while the client starts its manager anew: three drives in ten left one standing."""
    pytest.importorskip("carla")
    with serving("suburb") as alone:
        moving = run_client(
            """
import socket
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    manager_port = free.getsockname()[1]
manager = client.get_trafficmanager(manager_port)
result = []
for name in ["country_loop", "suburb"] * 4:
    world = client.load_world(name)
    points = world.get_map().get_spawn_points()
    cars = [world.spawn_actor(blueprint("vehicle.tesla.model3"), points[k]) for k in (2, 10, 18)]
    for car in cars:
        car.set_autopilot(True, manager_port)
    for _ in range(30):
        world.wait_for_tick()
    result.append(sum(car.get_velocity().length() > 0.5 for car in cars))
""",
            alone.port,
            limit_s=120.0,
        )
    assert moving == [3] * 8


def test_an_answer_waits_until_a_box_was_asked_for() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as script, RawClient(alone.port) as manager:
        manager.get("add_traffic_manager_running", ["127.0.0.1", 8123])
        asked = script.send("spawn_actor", CAR, script.get("get_map_info")[1][0])
        looked = script.send("get_episode_info")
        assert script.receive()[0] == looked  # others are answered meanwhile
        vehicle = script.get("get_spectator")[0] + 1
        manager.get("get_actor_bounding_box", vehicle)
        answered, ((_, record),) = script.receive()
        assert (answered, record[0]) == (asked, vehicle)


def test_a_batch_waits_for_its_vehicles_alone() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as script, RawClient(alone.port) as manager:
        manager.get("add_traffic_manager_running", ["127.0.0.1", 8123])
        point = script.get("get_map_info")[1][0]
        spawning = [[0, [CAR, point, [False], 0, "", []]]]
        asked = script.send("apply_batch", [spawning], False)
        looked = script.send("get_episode_info")
        assert script.receive()[0] == looked
        spawned = script.get("get_spectator")[0] + 1
        manager.get("get_actor_bounding_box", spawned)
        assert script.receive() == (asked, [[[1, spawned]]])
        assert script.call("apply_batch", [[[8, [spawned, [0.0, 0.0, 0.0]]]]], False) == [[[1, spawned]]]


def test_managers_that_never_ask_hold_up_one_vehicle_alone() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        client.get("add_traffic_manager_running", ["127.0.0.1", 8123])
        points = client.get("get_map_info")[1]
        client.get("spawn_actor", CAR, points[0])
        for point in points[4:40:4]:
            spawned = client.send("spawn_actor", CAR, point)
            looked = client.send("get_episode_info")
            assert [client.receive()[0] for _ in range(2)] == [spawned, looked]


def test_nobody_waits_without_managers_or_in_a_synchronous_world() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        points = client.get("get_map_info")[1]
        first = client.send("spawn_actor", CAR, points[0])
        looked = client.send("get_episode_info")
        assert [client.receive()[0] for _ in range(2)] == [first, looked]
        client.synchronous()
        client.get("add_traffic_manager_running", ["127.0.0.1", 8123])
        second = client.send("spawn_actor", CAR, points[8])
        looked = client.send("get_episode_info")
        assert [client.receive()[0] for _ in range(2)] == [second, looked]


def test_sensors_and_walkers_are_not_waited_for() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        client.get("add_traffic_manager_running", ["127.0.0.1", 8123])
        spawned = client.send("spawn_actor", [0, "sensor.other.imu", []], transform())
        looked = client.send("get_episode_info")
        assert [client.receive()[0] for _ in range(2)] == [spawned, looked]
