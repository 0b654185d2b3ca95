"""The recorder beside a simulation: it costs nothing while it rests, and nothing brings a tick down."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgpack
import pytest

from tests.carla_server.recorder.samples import BUS, CAR, rows, sample
from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.tokens import WORLD_STREAM
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.recorder import Recordings, RecordingsFolder, folder
from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets.streams import StreamHub
from wormdrive.carla_server.world.traffic.spawn_points import spawn_points
from wormdrive.envs.seasons.conditions import Conditions


@pytest.fixture
def simulation() -> Iterator[Simulation]:
    made = Simulation(Catalogue("suburb"), Conditions(), 0, StreamHub(lambda stream: False, bytes))
    yield made
    made.close()


@pytest.fixture
def recordings(simulation: Simulation, tmp_path: Path) -> Iterator[Recordings]:
    made = Recordings(simulation, RecordingsFolder(tmp_path))
    yield made
    made.close()


def spawn(simulation: Simulation, point: int = 0, blueprint: str = "vehicle.audi.tt") -> Vehicle:
    place = spawn_points(simulation.episode.road_map)[point]
    actor = simulation.episode.spawn(Description(blueprint, {}), place)
    assert isinstance(actor, Vehicle)
    return actor


def replay(recordings: Recordings, path: Path, start_s: float = 0.0) -> dict[str, int]:
    recording = RecordingFile(path)
    return recordings.replay(recording, start_s, recording.total_s)


def test_ticks_know_nothing_of_it_while_it_rests(
    simulation: Simulation, recordings: Recordings, tmp_path: Path
) -> None:
    assert simulation.recordings is None
    recordings.start("a.log")
    assert simulation.recordings is recordings
    for _ in range(3):
        simulation.step()
    recordings.stop()
    assert simulation.recordings is None
    replay(recordings, tmp_path / "a.log")
    assert simulation.recordings is recordings
    for _ in range(4):  # three of the recording, and one that ends it
        simulation.step()
    assert simulation.recordings is None


def test_a_full_disk_ends_the_recording_and_not_the_tick(
    simulation: Simulation, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    resource = pytest.importorskip("resource")
    for point in range(20):
        spawn(simulation, point)
    simulation.step()  # kernels that were never compiled here are written to files as well
    recordings.start("a.log", True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        for _ in range(600):
            simulation.step()
            if simulation.recordings is None:
                break
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert simulation.frame < 600
    assert [record.getMessage() for record in caplog.records] == [
        f"recording {tmp_path / 'a.log'} ends: File too large"
    ]
    frame = simulation.step()
    assert simulation.step() == frame + 1
    with RecordingFile(tmp_path / "a.log") as recording:
        assert 10 < len(recording) < simulation.frame
    recordings.stop()  # there is nothing left to stop


def test_without_room_it_does_not_begin(simulation: Simulation, recordings: Recordings, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(RequestError) as caught:
            recordings.start("a.log")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(caught.value) == f"{tmp_path / 'a.log'}: cannot be written: File too large"
    assert simulation.recordings is None
    assert not list(tmp_path.iterdir())


def test_two_servers_do_not_record_one_name(simulation: Simulation, recordings: Recordings, tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    other = Recordings(simulation, RecordingsFolder(tmp_path))
    recordings.start("a.log")
    simulation.step()
    with pytest.raises(RequestError, match="is being recorded by another server"):
        other.start("a.log")
    assert simulation.recordings is recordings
    recordings.start("a.log")  # itself it may begin anew
    simulation.step()
    simulation.step()
    recordings.stop()
    with RecordingFile(tmp_path / "a.log") as recording:
        assert len(recording) == 2
    other.start("a.log")
    other.stop()
    assert [each.name for each in tmp_path.iterdir()] == ["a.log"]


def test_the_next_episode_is_played_at_its_own_pace(simulation: Simulation, recordings: Recordings) -> None:
    recordings.time_factor = 4.0
    assert recordings.time_factor == 4.0
    simulation.switch("suburb", reset_settings=False)
    assert recordings.time_factor == 1.0
    recordings.time_factor = 0.5
    assert recordings.time_factor == 0.5


def test_a_recording_ends_at_its_largest(
    simulation: Simulation,
    recordings: Recordings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(folder, "MAX_BYTES", 2**20)
    for point in range(20):
        spawn(simulation, point)
    recordings.start("a.log", True)
    while simulation.recordings is not None:
        simulation.step()
    assert "it is as large as it may be" in caplog.text
    assert 2**20 - 20_000 < (tmp_path / "a.log").stat().st_size <= 2**20
    with RecordingFile(tmp_path / "a.log") as recording:
        assert len(recording) == simulation.frame - 1


def test_the_next_episode_ends_both(
    simulation: Simulation, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recordings.start("a.log")
    simulation.step()
    simulation.switch("country_loop", reset_settings=False)
    assert simulation.recordings is None
    assert "the episode has ended" in caplog.text
    with RecordingFile(tmp_path / "a.log") as recording:
        assert (len(recording), recording.map_name) == (1, "suburb")
    simulation.switch("suburb", reset_settings=False)
    replay(recordings, sample(tmp_path / "b.log"))
    assert simulation.episode.actors.vehicles
    simulation.switch("suburb", reset_settings=False)
    assert simulation.recordings is None
    assert not simulation.episode.actors.vehicles


def test_one_begins_where_the_other_ends(simulation: Simulation, recordings: Recordings, tmp_path: Path) -> None:
    recordings.start("a.log")
    simulation.step()
    replay(recordings, sample(tmp_path / "b.log"))
    assert (tmp_path / "a.log").exists()
    simulation.step()
    recordings.start("c.log")
    for vehicle in simulation.episode.actors.vehicles:
        simulation.episode.control(vehicle, VehicleControl(throttle=1.0))
    for _ in range(10):
        simulation.step()
    assert all(vehicle.velocity != (0.0, 0.0, 0.0) for vehicle in simulation.episode.actors.vehicles)
    recordings.close()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.log", "b.log", "c.log"]


def test_those_who_are_not_in_it_go_on_as_if_nothing_happened(
    simulation: Simulation, recordings: Recordings, tmp_path: Path
) -> None:
    free = spawn(simulation, 40)
    simulation.episode.control(free, VehicleControl(throttle=0.8))
    missing = replay(recordings, sample(tmp_path / "a.log"), 2.0)
    assert missing == {"traffic.traffic_light": 1}  # there is none on this map
    start = free.pose
    for _ in range(30):
        simulation.step()
    assert math.dist(start.place, free.pose.place) > 1.0
    played = [vehicle for vehicle in simulation.episode.actors.vehicles if vehicle is not free]
    assert {vehicle.type_id for vehicle in played} == {"vehicle.audi.tt", "vehicle.mitsubishi.fusorosa"}
    hero = next(vehicle for vehicle in played if vehicle.attributes["role_name"] == "hero")
    assert hero.id == CAR
    simulation.destroy(hero)  # clients may
    simulation.step()
    assert simulation.recordings is recordings


def test_collisions_are_felt_again(simulation: Simulation, recordings: Recordings, tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []

    class StreamSink:
        """Hears all that goes out."""

        def heard(self, stream: int) -> bool:
            return True

        def send(self, stream: int, payload: bytes | bytearray, *, blocking: bool) -> None: ...

        def publish(self, stream: int, body: bytes, *, blocking: bool) -> None:
            if stream != WORLD_STREAM:
                mine, other, _ = msgpack.unpackb(body[48:])
                told.append((simulation.frame - start, mine[0], other[0]))

        def end(self, stream: int) -> None: ...

    simulation.sink = StreamSink()
    recording = RecordingFile(sample(tmp_path / "a.log"))
    simulation.step()
    start = simulation.frame
    simulation.settings = replace(simulation.settings, fixed_delta_seconds=0.5)
    recordings.replay(recording, 0.0, recording.total_s, sensors=True)
    for _ in range(40):
        simulation.step()
    assert told == [(10, CAR, BUS), (11, CAR, BUS), (12, CAR, BUS), (20, CAR, 0)]
    told.clear()
    recording = RecordingFile(tmp_path / "a.log")
    recordings.time_factor = 4.0
    recordings.replay(recording, 2.0, recording.total_s, sensors=True)
    start = simulation.frame
    for _ in range(11):
        simulation.step()
    assert told == [(3, CAR, BUS), (3, CAR, BUS), (3, CAR, BUS), (5, CAR, 0)]  # four frames at a tick


def test_headings_go_the_short_way_round(simulation: Simulation, recordings: Recordings, tmp_path: Path) -> None:
    replay(recordings, sample(tmp_path / "a.log"), 2.25)  # between 179 and -179 degrees
    simulation.step()
    hero = next(one for one in simulation.episode.actors.vehicles if one.attributes["role_name"] == "hero")
    assert abs(math.degrees(hero.pose.heading)) == pytest.approx(180.0, abs=1e-3)
    assert hero.pose.x == pytest.approx(4.5)
    assert hero.velocity[0] == pytest.approx(2.0)
    assert hero.control == VehicleControl(0.5, pytest.approx(0.1), 0.0, True, True, False, -1)
    assert hero.lamps == 3


def test_damage_ends_a_replay_and_not_the_tick(
    simulation: Simulation, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = sample(tmp_path / "a.log")
    place = rows(Packet.POSITIONS, (CAR, (1000.0, 20.0, 3.0), (0.0, 0.0, -179.0)))[7:]
    bad = rows(Packet.POSITIONS, (CAR, (math.nan, 20.0, 3.0), (0.0, 0.0, -179.0)))[7:]
    data = path.read_bytes()
    assert data.count(place) == 1
    path.write_bytes(data.replace(place, bad))
    with pytest.raises(RequestError, match="location is not finite"):
        replay(recordings, path, 5.0)
    assert simulation.recordings is None
    replay(recordings, path, 4.0)
    frame = simulation.frame
    for _ in range(60):
        simulation.step()
    assert simulation.frame == frame + 60
    assert simulation.recordings is None
    assert "the replay ends" in caplog.text
    assert "location is not finite" in caplog.text
    assert simulation.episode.actors.vehicles  # they stay where they were


def test_what_cannot_be_made_is_left_out_and_said_once(
    simulation: Simulation, recordings: Recordings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = sample(tmp_path / "a.log")
    path.write_bytes(path.read_bytes().replace(b"vehicle.mitsubishi.fusorosa", b"vehicle.mitsubishi.fusorosX"))
    with caplog.at_level(logging.WARNING):
        assert replay(recordings, path)["vehicle.mitsubishi.fusorosX"] == 1
    assert caplog.text.count("vehicle.mitsubishi.fusorosX is left out: blueprint") == 1
    simulation.step()
    assert [vehicle.type_id for vehicle in simulation.episode.actors.vehicles] == ["vehicle.audi.tt"]


def test_actors_that_are_there_already_play_themselves(
    simulation: Simulation, recordings: Recordings, tmp_path: Path
) -> None:
    car = spawn(simulation)
    recordings.start("a.log")
    simulation.episode.control(car, VehicleControl(throttle=1.0))
    for _ in range(30):
        simulation.step()
    recordings.stop()
    end = car.pose
    replay(recordings, tmp_path / "a.log")
    simulation.step()
    assert simulation.episode.actors.vehicles == [car]
    assert math.dist(car.pose.place, end.place) > 1.0
    for _ in range(29):
        simulation.step()
    assert math.dist(car.pose.place, end.place) < 1e-3
