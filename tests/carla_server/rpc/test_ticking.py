"""Ticks behind batches: clients that wait for them with Python's lock in their hands go on, others are told no less."""

from __future__ import annotations

import os

import pytest

from tests.carla_server.raw_client import RawClient, RawStream, transform
from tests.support.carla_server import run_client
from wormdrive.carla_server.server import CarlaServer

SENSORS = """
def spawn(count):
    point = world.get_map().get_spawn_points()[0]
    car = world.spawn_actor(blueprint("vehicle.audi.tt"), point)
    mounted = [world.spawn_actor(blueprint("sensor.other.imu"), carla.Transform(), attach_to=car) for _ in range(count)]
    for sensor in mounted:
        sensor.listen(measured.append)
    return car, mounted
measured = []
synchronous(0.05)
"""


@pytest.mark.slow
def test_a_batch_with_a_tick_after_sensors_were_stopped() -> None:
    """The client's threads, one a core, wait for the lock that it holds: without help it waits until its time-out."""
    pytest.importorskip("carla")
    with CarlaServer("country_loop") as alone:
        answers = run_client(
            SENSORS
            + """
client.set_timeout(15.0)
result = []
for _ in range(4):
    car, mounted = spawn(count)
    world.tick()
    for sensor in mounted:
        sensor.stop()
    began = time.perf_counter()
    gone = client.apply_batch_sync([carla.command.DestroyActor(actor) for actor in [*mounted, car]], True)
    result.append([sum(not each.has_error() for each in gone), time.perf_counter() - began])
""",
            alone.port,
            count=2 * (os.cpu_count() or 1),
            limit_s=90.0,
        )
    assert [gone for gone, _ in answers] == [2 * (os.cpu_count() or 1) + 1] * 4
    assert max(took for _, took in answers) < 10.0  # of its time-out of 15


@pytest.mark.slow
def test_a_tick_by_itself_is_told_its_own_frame() -> None:
    """After the same batch without a tick; each snapshot comes once."""
    pytest.importorskip("carla")
    with CarlaServer("country_loop") as alone:
        frames, seen = run_client(
            SENSORS
            + """
seen = []
world.on_tick(lambda snapshot: seen.append(snapshot.frame))
frames = [world.tick()]
for _ in range(4):
    car, mounted = spawn(4)
    frames.append(world.tick())
    for sensor in mounted:
        sensor.stop()
    client.apply_batch_sync([carla.command.DestroyActor(actor) for actor in [*mounted, car]], False)
    frames.append(world.tick())
result = frames, seen
""",
            alone.port,
        )
    assert frames == list(range(frames[0], frames[0] + 9))
    assert seen[-1] >= frames[-2]  # the last one may be on its way
    assert seen == list(range(seen[0], seen[-1] + 1))


def test_sensors_are_heard_of_every_tick_behind_a_batch() -> None:
    with CarlaServer("country_loop") as alone, RawClient(alone.port) as client:
        client.synchronous()
        sensor = client.spawn("sensor.other.imu", transform())
        with client.listen(sensor) as stream:
            for _ in range(3):
                client.call("apply_batch", [], False)
                stream.of_frame(client.get("tick_cue"))


def test_a_client_that_does_not_come_back_is_told_the_frame_that_it_knows() -> None:
    with CarlaServer("country_loop") as alone, RawClient(alone.port) as client:
        client.synchronous()
        with RawStream(alone.port + 1, 1) as snapshots:
            snapshots.read()  # it has joined
            sensor = client.spawn("sensor.other.imu", transform())
            with client.listen(sensor):
                before = client.get("tick_cue")
                client.call("apply_batch", [[1, [sensor[0]]]], False)
                assert client.get("tick_cue") == before
                client.call("apply_batch", [], False)
                assert client.get("tick_cue") == before + 2
