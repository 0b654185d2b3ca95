"""The real client records, asks what was recorded, and sees it again."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.carla_server.recorder.samples import sample
from tests.support.carla_server import run_client, serving
from wormdrive.carla_server.server import CarlaServer

pytest.importorskip("carla")

LOOK = """
import math

def seen(kinds=("vehicle", "walker")):
    shot = world.get_snapshot()
    found = {}
    for actor in world.get_actors():
        if actor.type_id.partition(".")[0] in kinds:
            state = shot.find(actor.id)
            at, v, turn = state.get_transform(), state.get_velocity(), state.get_angular_velocity()
            found[str(actor.id)] = [at.location.x, at.location.y, at.location.z, at.rotation.pitch, at.rotation.yaw,
                at.rotation.roll, v.x, v.y, v.z, turn.z]
    return found

def fresh(name=""):
    global world
    if name:
        client.load_world(name, False)
    else:
        client.reload_world(False)
    world = client.get_world()
    synchronous(0.05)
    client.set_replayer_time_factor(1.0)
    client.set_replayer_ignore_hero(False)
    client.set_replayer_ignore_spectator(True)
"""
SCENE = (
    LOOK
    + """
fresh()
points = world.get_map().get_spawn_points()
car = world.spawn_actor(blueprint("vehicle.tesla.model3", role_name="hero"), points[0])
mount = carla.Transform(carla.Location(x=1.0))
collision_sensor = world.spawn_actor(blueprint("sensor.other.collision"), mount, attach_to=car)
world.tick()
path = client.start_recorder("scene.log", additional)
tt = world.spawn_actor(blueprint("vehicle.audi.tt"), points[5])
walker = world.spawn_actor(blueprint("walker.pedestrian.0001"),
    carla.Transform(points[0].location + carla.Location(x=20.0, y=5.0, z=1.0)))
first = []
for k in range(60):
    car.apply_control(carla.VehicleControl(throttle=0.7, steer=0.2 * (k % 20 > 10), brake=0.1 * (k > 50)))
    tt.apply_control(carla.VehicleControl(throttle=0.4, reverse=True))
    walker.apply_control(carla.WalkerControl(carla.Vector3D(0.0, 1.0, 0.0), 1.5))
    if k == 30:
        car.set_light_state(carla.VehicleLightState(carla.VehicleLightState.LowBeam | carla.VehicleLightState.Fog))
    world.tick()
    first.append(seen())
tt.destroy()
world.tick()
first.append(seen())
client.stop_recorder()
ids = [car.id, tt.id, walker.id]
"""
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[CarlaServer]:
    with serving("suburb", recordings=folder) as running:
        yield running


def worst(first: list[dict[str, Any]], again: list[dict[str, Any]]) -> list[float]:
    """Largest difference of location [m], rotation [deg], velocity [m/s], yaw rate [deg/s] in ticks of a number."""
    assert [sorted(tick) for tick in first] == [sorted(tick) for tick in again]
    found = np.zeros(10)
    for one, two in zip(first, again, strict=True):
        for actor in one:
            difference = np.subtract(one[actor], two[actor])
            difference[3:6] = (difference[3:6] + 180.0) % 360.0 - 180.0
            found = np.maximum(found, np.abs(difference))
    return [float(found[part].max()) for part in (slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 10))]


@pytest.mark.slow
@pytest.mark.parametrize("additional", [False, True])
def test_a_fresh_episode_sees_what_was_recorded(server: CarlaServer, folder: Path, additional: bool) -> None:
    result = run_client(
        SCENE
        + """
fresh()
text = client.replay_file("scene.log", 0.0, 0.0, 0, True)
again, lamps, held = [], [], []
for k in range(61):
    world.tick()
    again.append(seen())
    hero = [a for a in world.get_actors().filter("vehicle.*") if a.attributes["role_name"] == "hero"][0]
    lamps.append(int(hero.get_light_state()))
    held.append([hero.get_control().throttle, round(hero.get_control().steer, 3)])
mounted = [a for a in world.get_actors() if a.type_id == "sensor.other.collision"]
result = dict(first=first, again=again, text=text, ids=ids, lamps=lamps, held=held, path=path,
    parent=[a.parent.id for a in mounted], after=seen())
world.tick()
result["later"] = seen()
""",
        server.port,
        additional=additional,
    )
    assert result["path"] == str(folder / "scene.log")
    place, turn, speed, rate = worst(result["first"], result["again"])
    assert place < 1e-3
    assert turn < 1e-3
    assert speed < (1e-4 if additional else 0.5)  # what is not recorded follows from places
    assert rate < (1e-4 if additional else 10.0)
    assert sorted(result["again"][0]) == sorted(str(number) for number in result["ids"])  # ids are those recorded
    assert result["parent"] == [result["ids"][0]]
    assert result["lamps"][:30] == [0] * 30
    assert set(result["lamps"][31:]) == {2 | 128}
    assert result["held"][5] == pytest.approx([0.7, 0.0])
    assert result["held"][15] == pytest.approx([0.7, 0.2])
    assert result["text"].splitlines() == [
        f"Replaying File: {folder / 'scene.log'}",
        "Total time recorded: 3",
        "Replaying from 0 s - 3 s (3 s) at 1.0x",
        "Ignoring Spectator camera",
    ]
    hero = str(result["ids"][0])  # afterwards it stands, held by physics
    assert result["later"][hero][:2] == pytest.approx(result["after"][hero][:2], abs=0.01)
    assert sorted(result["later"]) == sorted(str(number) for number in (result["ids"][0], result["ids"][2]))


def test_parts_of_a_recording_are_played_at_any_pace(server: CarlaServer) -> None:
    result = run_client(
        SCENE
        + """
def played(start, duration, factor, ticks):
    fresh()
    client.set_replayer_time_factor(factor)
    text = client.replay_file("scene.log", start, duration, 0)
    places = []
    for _ in range(ticks):
        world.tick()
        places.append(seen()[str(ids[0])][:3])
    return text, places

part, part_places = played(1.0, 0.5, 1.0, 14)
late, late_places = played(-1.0, 0.0, 1.0, 21)
slow, slow_places = played(0.0, 0.0, 0.5, 41)
fast, fast_places = played(0.5, 0.0, 3.0, 5)
result = dict(first=[tick[str(ids[0])][:3] for tick in first], part=part_places, late=late_places, slow=slow_places,
    fast=fast_places, texts=[part, late, slow, fast])
""",
        server.port,
        additional=False,
    )
    first = np.array(result["first"])
    assert np.array(result["part"])[:11] == pytest.approx(first[20:31], abs=1e-3)
    assert np.array(result["part"])[11:] == pytest.approx(first[[30, 30, 30]], abs=2e-2)  # it stands
    assert np.array(result["late"]) == pytest.approx(first[40:], abs=1e-3)
    slow = np.array(result["slow"])
    assert slow[::2] == pytest.approx(first[:21], abs=1e-3)
    assert slow[1::2] == pytest.approx(0.5 * (first[:20] + first[1:21]), abs=1e-3)
    assert np.array(result["fast"]) == pytest.approx(first[10:25:3], abs=1e-3)
    assert [text.splitlines()[2] for text in result["texts"]] == [
        "Replaying from 1 s - 1.5 s (3 s) at 1.0x",
        "Replaying from 2 s - 3 s (3 s) at 1.0x",
        "Replaying from 0 s - 3 s (3 s) at 0.5x",
        "Replaying from 0.5 s - 3 s (3 s) at 3.0x",
    ]


def test_a_pace_is_sensible_and_ends_with_its_episode(
    server: CarlaServer, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sample(folder / "pace.log")
    sample(folder / "far.log")
    (folder / "far.log").write_bytes((folder / "far.log").read_bytes().replace(b"\x06\0suburb", b"\x04\0town"))
    result = run_client(
        LOOK
        + """
fresh()
result = []
for factor in (2.0, -1.0, 0.0, math.nan, math.inf, 1001.0):
    client.set_replayer_time_factor(factor)
    result.append(client.replay_file("pace.log", 0.0, 0.0, 0))
client.reload_world(False)
result.append(client.replay_file("pace.log", 0.0, 0.0, 0))
before = client.get_world().id
client.set_replayer_time_factor(3.0)
client.replay_file("far.log", 0.0, 0.0, 0)
for _ in range(100):
    world = client.get_world()
    if world.id != before:
        break
    time.sleep(0.05)
result.append(client.replay_file("far.log", 0.0, 0.0, 0))
fresh("suburb")
""",
        server.port,
    )
    assert [text.split(" at ")[1].split("\n")[0] for text in result] == ["2.0x"] * 6 + ["1.0x", "3.0x"]
    assert "time_factor=-1: allowed are 0.001 to 1000" in caplog.text


def test_the_spectator_follows_and_heroes_are_left_out(server: CarlaServer) -> None:
    result = run_client(
        SCENE
        + """
fresh()
client.replay_file("scene.log", 1.0, 0.0, ids[0])
world.tick()
world.tick()
mine, its = world.get_spectator().get_transform(), world.get_actor(ids[0]).get_transform()
away = mine.location - its.location
result = dict(away=[away.dot(its.get_forward_vector()), away.dot(its.get_right_vector()), away.z],
    pitch=mine.rotation.pitch, beside=mine.get_right_vector().dot(its.get_right_vector()))
fresh()
client.set_replayer_ignore_hero(True)
client.replay_file("scene.log", 1.0, 0.0, 0)
world.tick()
result["without"] = sorted(a.type_id for a in world.get_actors() if not a.type_id.startswith("traffic"))
fresh()
client.set_replayer_ignore_spectator(False)
world.get_spectator().set_transform(carla.Transform(carla.Location(1.0, 2.0, 3.0)))
client.replay_file("scene.log", 1.0, 0.0, 0)
world.tick()
result["moved"] = world.get_spectator().get_transform().location.z
""",
        server.port,
        additional=False,
    )
    assert result["away"] == pytest.approx([-10.0, 0.0, 5.0], abs=0.05)
    assert result["pitch"] == pytest.approx(-25.0, abs=0.1)
    assert result["beside"] == pytest.approx(1.0, abs=1e-6), "it looks down about the car's own axis"
    assert result["without"] == ["spectator", "vehicle.audi.tt", "walker.pedestrian.0001"]
    assert result["moved"] == pytest.approx(10.0)


def test_a_replay_that_is_stopped_keeps_or_takes_what_the_recording_takes(server: CarlaServer) -> None:
    result = run_client(
        SCENE
        + """
result = {}
for keep in (True, False):
    fresh()
    client.replay_file("scene.log", 1.0, 0.0, 0)
    world.tick()
    before = seen()
    client.stop_replayer(keep)
    world.tick()
    world.tick()
    after = seen()
    result[str(keep)] = [sorted(before), sorted(after), max(math.dist(before[a][:2], after[a][:2]) for a in after)]
result["ids"] = ids
hero = world.get_actor(ids[0])
for _ in range(20):
    hero.apply_control(carla.VehicleControl(throttle=1.0))
    world.tick()
result["driven"] = math.dist(seen()[str(ids[0])][:2], after[str(ids[0])][:2])
""",
        server.port,
        additional=False,
    )
    car, tt, walker = (str(number) for number in result["ids"])
    assert result["True"][:2] == [sorted([car, tt, walker])] * 2
    assert result["False"][:2] == [sorted([car, tt, walker]), sorted([car, walker])]  # as its end is recorded
    assert result["True"][2] < 0.02
    assert result["driven"] > 0.5  # clients drive again


def test_a_collision_is_recorded_told_and_felt_again(server: CarlaServer) -> None:
    result = run_client(
        LOOK
        + """
fresh()
points = world.get_map().get_spawn_points()
place = points[0]
ahead = place.get_forward_vector()
there = carla.Transform(place.location + 12.0 * ahead, place.rotation)
client.start_recorder("crash.log")
car = world.spawn_actor(blueprint("vehicle.tesla.model3", role_name="hero"), place)
other = world.spawn_actor(blueprint("vehicle.audi.tt"), there)
collision_sensor = world.spawn_actor(blueprint("sensor.other.collision"), carla.Transform(), attach_to=car)
felt = listening(collision_sensor)
world.tick()
car.set_target_velocity(12.0 * ahead)
for _ in range(40):
    world.tick()
client.stop_recorder()
hits = [felt.get(timeout=20.0).other_actor.type_id]
collision_sensor.stop()
texts = [client.show_recorder_collisions("crash.log", *types) for types in ("hv", "vh", "aa")]
info = client.show_recorder_file_info("crash.log", False)
fresh()
client.replay_file("crash.log", 0.0, 0.0, 0, True)
world.tick()
again = listening([a for a in world.get_actors() if a.type_id == "sensor.other.collision"][0])
for _ in range(41):
    world.tick()
event = again.get(timeout=20.0)
result = dict(hits=hits, texts=texts, info=info, ids=[car.id, other.id], again=[event.actor.id, event.other_actor.id])
""",
        server.port,
    )
    car, other = result["ids"]
    assert "vehicle.audi.tt" in result["hits"]
    told, nobody, everything = result["texts"]
    lines = told.splitlines()[5:-3]
    assert lines
    assert lines[0].split()[1:] == ["v", "v", str(car), "vehicle.tesla.model3", str(other), "vehicle.audi.tt"]
    assert nobody.splitlines()[5:-3] == []
    assert set(lines) <= set(everything.splitlines())
    assert f"between {car} (hero)  with {other}" in result["info"]
    assert result["again"] == [car, other]


def test_cars_of_the_traffic_manager_are_seen_again(server: CarlaServer) -> None:
    result = run_client(
        LOOK
        + """
fresh()
manager = client.get_trafficmanager(manager_port)
manager.set_synchronous_mode(True)
manager.set_random_device_seed(3)
points = world.get_map().get_spawn_points()
client.start_recorder("traffic.log", True)
cars = [world.spawn_actor(blueprint("vehicle.audi.a2"), points[k]) for k in range(0, 24, 3)]
parked = world.spawn_actor(blueprint("vehicle.ford.mustang"), points[1])
world.tick()
first = [seen()]
for car in cars:
    car.set_autopilot(True, manager_port)
for _ in range(100):
    world.tick()
    first.append(seen())
client.stop_recorder()
blocked = client.show_recorder_actors_blocked("traffic.log", 4.5, 100.0)
manager.set_synchronous_mode(False)
result = dict(first=first, blocked=blocked, parked=parked.id)
""",
        server.port,
        manager_port=18_431,
    )
    again = run_client(
        LOOK
        + """
fresh()
client.replay_file("traffic.log", 0.0, 0.0, 0)
result = []
for _ in range(101):
    world.tick()
    result.append(seen())
""",
        server.port,
    )
    start, end = (np.array(list(tick.values())) for tick in (result["first"][0], result["first"][-1]))
    moved = np.linalg.norm((end - start)[:, :2], axis=1)
    assert np.median(moved) > 5.0
    assert max(worst(result["first"], again)) < 1e-3
    lines = result["blocked"].splitlines()[5:-3]
    assert [str(result["parked"]), "vehicle.ford.mustang"] in [line.split()[1:3] for line in lines]
    assert len(lines) < 9


def test_traffic_lights_are_seen_again_on_their_own_map(server: CarlaServer) -> None:
    result = run_client(
        LOOK
        + """
def lights():
    return {str(a.id): [int(a.get_state()), round(a.get_elapsed_time(), 3)] for a in world.get_actors()
        if a.type_id == "traffic.traffic_light"}

fresh("town")
for light in world.get_actors().filter("traffic.traffic_light"):
    light.set_green_time(0.6)
    light.set_yellow_time(0.4)
    light.set_red_time(0.2)
client.start_recorder("lights.log", True)
first = []
for _ in range(50):
    world.tick()
    first.append(lights())
client.stop_recorder()
text = client.show_recorder_file_info("lights.log", True)
fresh("suburb")
before = world.id
answer = client.replay_file("lights.log", 0.0, 0.0, 0)
for _ in range(100):
    world = client.get_world()
    if world.id != before:
        break
    time.sleep(0.05)
synchronous(0.05)
here = world.get_map().name
client.replay_file("lights.log", 0.0, 0.0, 0)
again = []
for _ in range(50):
    world.tick()
    again.append(lights())
later = []
for _ in range(20):
    world.tick()
    later.append(lights())
result = dict(first=first, again=again, later=later, answer=answer, here=here, text=text)
fresh("suburb")
""",
        server.port,
    )
    assert result["here"].endswith("town")
    assert result["answer"].splitlines()[1:3] == ["Loading map town", "Replayer will start after map is loaded..."]
    assert len({str(tick) for tick in result["first"]}) > 10
    assert result["again"] == result["first"]
    assert "green_time: 0.6 yellow_time: 0.4 red_time: 0.2" in result["text"]
    assert " State traffic lights: " in result["text"]


def test_files_that_cannot_be_used_are_errors_of_the_client(server: CarlaServer, folder: Path) -> None:
    sample(folder / "whole.log")
    data = sample(folder / "strange.log").read_bytes()
    (folder / "strange.log").write_bytes(data.replace(b"suburb", b"Town99"))
    (folder / "half.log").write_bytes(data[:-7])
    box = struct.pack("<3f", 0.0, 0.0, 70.0)
    assert box in data
    (folder / "wrong.log").write_bytes(data.replace(box, b"\xff" * 12))
    (folder.parent / "outside.log").write_bytes(data)
    result = run_client(
        """
result = []
for name in ("none.log", "half.log", "strange.log", "../outside.log", "/etc/passwd", ".half.log", ""):
    for call in (
        lambda: client.replay_file(name, 0.0, 0.0, 0),
        lambda: client.show_recorder_file_info(name, False),
        lambda: client.show_recorder_collisions(name, "a", "a"),
        lambda: client.show_recorder_actors_blocked(name, 1.0, 1.0),
        lambda: client.start_recorder(name if "/" in name or name in ("", ".half.log") else "../" + name),
    ):
        try:
            call()
            result.append("")
        except RuntimeError as error:
            result.append(str(error))
try:
    client.show_recorder_collisions("whole.log", "q", "a")
except RuntimeError as error:
    result.append(str(error))
result.append(client.show_recorder_collisions("whole.log", "h", "v"))
before = len(world.get_actors())
for call in (
    lambda: client.show_recorder_file_info("wrong.log", True),
    lambda: client.replay_file("wrong.log", 0.0, 0.0, 0),
    lambda: client.replay_file("wrong.log", 5.0, 1.0, 0),
):
    try:
        call()
        result.append("")
    except RuntimeError as error:
        result.append(str(error))
synchronous()
world.tick()
result.append(len(world.get_actors()) - before)
""",
        server.port,
    )
    missing, half, strange = result[:5], result[5:10], result[10:15]
    for message in missing[:4]:
        assert f"{folder / 'none.log'}: no such recording on the server; they lie in {folder}" in message
    for message in half[:4]:
        assert f"{folder / 'half.log'}: not a recording, or damaged: byte " in message
    assert f"{folder / 'strange.log'}: map 'Town99' not found" in strange[0]
    assert strange[1:4] == ["", "", ""]
    for message in [missing[4], half[4], strange[4], *result[15:35]]:
        assert "allowed are names without folders" in message
        assert str(folder) in message
    assert "type1='q': allowed are a, h, v, w, t, o" in result[35]
    assert "10 vehicle.audi.tt" in result[36]
    for message in result[37:40]:
        assert f"{folder / 'wrong.log'}: not a recording, or damaged: byte " in message
        assert "origin is not finite" in message
    assert result[40] == 0
    assert not (folder.parent / ".outside.log").exists()
