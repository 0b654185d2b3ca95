"""Peers that send rubbish, send half, do not read, or go away: the server serves the next one."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from pathlib import Path
from typing import Any, cast

import msgpack
import pytest

from tests.carla_server.raw_client import RawClient, RawStream, transform
from tests.support.carla_server import serving
from wormdrive.carla_server.clock import SimulationClock
from wormdrive.carla_server.common.limits import MAX_CALL_CONNECTIONS, MAX_MESSAGE
from wormdrive.carla_server.recorder import RecordingsFolder
from wormdrive.carla_server.rpc import dispatcher
from wormdrive.carla_server.rpc.calls import CALLS
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.dispatcher import Dispatcher
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets import streams
from wormdrive.carla_server.sockets.rpc_connection import RpcConnection
from wormdrive.carla_server.sockets.streams import StreamHub
from wormdrive.envs.seasons.conditions import Conditions

MUTATED = 10_000
CONTROL = [0.5, 0.1, 0.0, False, False, False, 0]
CAR = [0, "vehicle.audi.tt", [["role_name", 4, "x"]]]
CAMERA = [0, "sensor.camera.rgb", [["image_size_x", 2, "8"], ["fov", 3, "90"]]]
PLACE = transform(10.0, 5.0)
ARGUMENTS: dict[str, list[Any]] = {
    "apply_batch": [[[[0, [CAR, PLACE, [False], 32, "", [[[2, [0, CONTROL]]]]]]], [[6, [2, PLACE]]], [[1, [3]]]], True],
    "apply_control_to_vehicle": [2, CONTROL],
    "apply_ackermann_control_to_vehicle": [2, [0.1, 0.0, 5.0, 1.0, 0.0]],
    "apply_control_to_walker": [3, [[1.0, 0.0, 0.0], 1.0, False]],
    "cast_ray": [[0.0, 0.0, 5.0], [0.0, 0.0, -5.0]],
    "copy_opendrive_to_file": ["<OpenDRIVE/>", [2.0, 50.0, 1.0, 0.6, True, True, True]],
    "get_actors_by_id": [[1, 2, 3]],
    "load_new_episode": ["", True, 65535],
    "start_recorder": ["written.log", True],
    "stop_replayer": [False],
    "project_point": [[0.0, 0.0, 5.0], [0.0, 0.0, -1.0], 10.0],
    "set_actor_transform": [2, PLACE],
    "set_episode_settings": [[True, False, [True, 0.05], True, 0.01, 10, 0.0, True, 3000.0, 2000.0, True]],
    "set_weather_parameters": [[10.0] * 14],
    "spawn_actor": [CAMERA, PLACE],
    "spawn_actor_with_parent": [CAMERA, PLACE, 2, 0, ""],
    "add_traffic_manager_running": [["127.0.0.1", 8000]],
}
STRANGE: list[Any] = [None, True, 0, -1, 2**31, 2**63, -(2**63), 0.0, -0.0, float("nan"), float("inf"), 1e308]
STRANGE += ["", "a" * 300, "\0", b"", b"\xff" * 40, [], [[]], [None] * 20, {}, {"a": 1}, {1: [2]}]


class Sink:
    """A transport that takes everything and is never full."""

    def __init__(self) -> None:
        self.closed = False
        self.replies = 0

    def write(self, data: bytes) -> None:
        self.replies += 1

    def abort(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str) -> Sink:
        return self

    def setsockopt(self, *_: int) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def mutated(draw: random.Random, names: list[str]) -> bytes:
    """A call in which something is not as it should be."""
    name = draw.choice(names)
    arguments = ARGUMENTS.get(name, [draw.choice([1, 2, 3])])
    message: list[Any] = [0, draw.randrange(2**32), name, [[False], *_copied(arguments)]]
    for _ in range(draw.randrange(3)):
        _replace(message[3], draw)
    if draw.random() < 0.1:
        message[draw.randrange(4)] = _copied(draw.choice(STRANGE))
    data = bytearray(msgpack.packb(message))
    kind = draw.random()
    if kind < 0.3:
        for _ in range(draw.randint(1, 4)):
            data[draw.randrange(len(data))] = draw.randrange(256)
    elif kind < 0.4:
        del data[draw.randrange(len(data)) :]
    elif kind < 0.5:
        at = draw.randrange(len(data))
        data[at:at] = draw.randbytes(draw.randint(1, 20))
    elif kind < 0.55:
        data = bytearray(draw.randbytes(draw.randint(1, 200)))
    return bytes(data)


def _copied(value: Any) -> Any:
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _replace(values: list[Any], draw: random.Random) -> None:
    while values:
        at = draw.randrange(len(values))
        if isinstance(values[at], list) and values[at] and draw.random() < 0.7:
            values = values[at]
            continue
        change = draw.random()
        if change < 0.7:
            values[at] = _copied(draw.choice(STRANGE))
        elif change < 0.85:
            del values[at]
        else:
            values.append(_copied(draw.choice(STRANGE)))
        return


@pytest.mark.slow
def test_ten_thousand_mutated_messages(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    """No message raises, is answered by a fault of our own, or keeps the next client from being served."""

    async def run() -> tuple[int, int]:
        hub = StreamHub(lambda stream: simulation.has_stream(stream), lambda: simulation.snapshot())
        simulation = Simulation(Catalogue("country_loop"), Conditions.preset("summer"), 0, hub)
        clock = SimulationClock(simulation, hub, lambda: False, lambda: True)
        context = CallContext(simulation, hub, clock, RecordingsFolder(tmp_path))
        dispatcher = Dispatcher(context)
        simulation.step()
        draw = random.Random(20)
        names = [name for name in CALLS if name not in ("copy_opendrive_to_file", "load_new_episode")] * 2
        names += ["apply_batch", "spawn_actor", "spawn_actor_with_parent", "set_episode_settings"] * 10
        names += ["copy_opendrive_to_file", "load_new_episode"]
        sink, dropped, answered = Sink(), 0, 0
        connection = _connected(dispatcher, sink)
        for number in range(MUTATED):
            connection.data_received(mutated(draw, names))
            if sink.closed or number % 50 == 49:
                dropped += sink.closed
                answered += sink.replies
                connection.connection_lost(None)
                sink = Sink()
                connection = _connected(dispatcher, sink)
            if number % 200 == 0:  # what was spawned goes, or all that is left to say is that there is no room
                await asyncio.sleep(0)
                for actor in list(simulation.episode.actors):
                    if actor is not simulation.episode.spectator:
                        simulation.destroy(actor)
        connection.connection_lost(None)
        context.recordings.close()
        last = Sink()
        _connected(dispatcher, last).data_received(msgpack.packb([0, 1, "version", [[False]]]))
        assert answered > MUTATED // 4
        return dropped, last.replies

    dropped, replies = asyncio.run(run())
    assert replies == 1
    assert dropped > 100
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def _connected(dispatcher: Dispatcher, sink: Sink) -> RpcConnection:
    connection = RpcConnection(dispatcher)
    connection.connection_made(cast(asyncio.BaseTransport, sink))
    return connection


@pytest.mark.parametrize(
    "rubbish",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\xc1" * 100,
        b"\xdd\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\x91" * 5000,
        b"\x94\x00\x01\xa7version\xdd\xff\xff\xff\xff",
        b"",
    ],
)
def test_rubbish_ends_its_own_connection_alone(server: CarlaServer, rubbish: bytes) -> None:
    with RawClient(server.port) as healthy:
        for port in (server.port, server.port + 1):
            with socket.create_connection(("127.0.0.1", port), timeout=5.0) as peer:
                peer.sendall(rubbish)
                peer.shutdown(socket.SHUT_WR)
                peer.settimeout(5.0)
                try:
                    while peer.recv(2**16):
                        pass
                except OSError:
                    pass
        assert healthy.get("version") == "0.9.16"


def test_a_refusal_that_the_client_does_not_wait_for_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with CarlaServer("country_loop") as server, RawClient(server.port) as client:
        for number in range(3):
            call = [0, number, "set_weather_parameters", [[True], [float("nan")]]]
            client.socket.sendall(msgpack.packb(call))
            answered, (result,) = client.receive()
            failed, (message,) = result
            assert answered == number
            assert failed
            assert message == "set_weather_parameters: cloudiness=nan: allowed is a finite number"
    assert [record.getMessage() for record in caplog.records] == [f"refused, and the client does not look: {message}"]


def test_of_a_refusal_that_the_client_waits_for_no_line_is_written(caplog: pytest.LogCaptureFixture) -> None:
    with CarlaServer("country_loop") as server, RawClient(server.port) as client:
        ((failed, (message,)),) = client.call("load_new_episode", "nope", True)
        assert failed
        assert "nope" in message
    assert caplog.records == []


def test_a_message_without_end_is_cut_off(server: CarlaServer) -> None:
    def swallowed(start: bytes) -> int:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10.0) as peer:
            sent = len(start)
            try:
                peer.sendall(start)
                while sent < 40 * MAX_MESSAGE:
                    peer.sendall(b"\x90" * 2**16)
                    sent += 2**16
            except OSError:
                pass
            return sent

    call = b"\x94\x00\x01\xb6copy_opendrive_to_file\x93\x91\xc2"
    assert swallowed(b"\x94\x00\x01\xa7version\xdd\x00\x01\x00\x00") < 20 * MAX_MESSAGE
    assert swallowed(call + b"\xdd\x00\x01\x00\x00") < 20 * MAX_MESSAGE
    with RawClient(server.port) as healthy:
        assert healthy.get("version") == "0.9.16"


def test_too_many_connections_are_turned_away(caplog: pytest.LogCaptureFixture) -> None:
    with serving("country_loop") as alone:
        clients = [RawClient(alone.port) for _ in range(MAX_CALL_CONNECTIONS)]
        assert clients[-1].get("version") == "0.9.16"
        for _ in range(2):
            with RawClient(alone.port) as surplus, pytest.raises((ConnectionError, OSError)):
                surplus.get("version")
        clients.pop().socket.close()
        assert clients[0].get("version") == "0.9.16"
        for client in clients:
            client.socket.close()
        alone.stop()
    turned_away = [record.getMessage() for record in caplog.records if "turned away" in record.getMessage()]
    assert turned_away == ["a client is turned away: 64 are connected, which is the most"]


def test_whoever_says_nothing_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "HANDSHAKE_S", 0.1)
    with serving("country_loop") as alone:
        clients = [RawClient(alone.port) for _ in range(MAX_CALL_CONNECTIONS)]
        for client in clients[1:]:
            assert client.get("version") == "0.9.16"
        time.sleep(0.2)
        with RawClient(alone.port) as late:
            assert late.get("version") == "0.9.16"
            assert clients[0].socket.recv(1) == b""  # it was the one that had said nothing
            assert clients[1].get("version") == "0.9.16"
        for client in clients:
            client.socket.close()


def test_a_reader_that_has_stopped_is_put_out_with_a_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(streams, "STALLED_S", 0.5)
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        client.synchronous()
        camera = client.spawn("sensor.camera.depth", transform(x=0.0, z=2.0), image_size_x=1280, image_size_y=720)
        stream = int.from_bytes(camera[5][:4], "little")
        with client.listen(camera):
            for _ in range(12):
                client.get("tick_cue")
        assert f"a client does not read stream {stream}: its connection is closed" in caplog.text


def test_whoever_does_not_read_replies_is_not_read_from(server: CarlaServer) -> None:
    with RawClient(server.port) as greedy, RawClient(server.port) as healthy:
        greedy.socket.settimeout(1.0)
        sent = 0
        try:
            while sent < 200_000:
                greedy.send("get_map_data")
                sent += 1
        except TimeoutError:
            pass
        assert 0 < sent < 150_000
        assert healthy.get("version") == "0.9.16"


def test_a_listener_that_does_not_read_loses_pictures_in_asynchronous_mode() -> None:
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        camera = client.spawn("sensor.camera.depth", transform(x=0.0, z=2.0), image_size_x=640, image_size_y=480)
        with client.listen(camera) as lazy, RawStream(alone.port + 1, 1) as world:
            first = struct.unpack_from("<Q", world.read(), 8)[0]
            frame = first
            while frame < first + 12:
                frame = struct.unpack_from("<Q", world.read(), 8)[0]
            frames = [struct.unpack_from("<Q", lazy.read(), 8)[0] for _ in range(5)]
            assert frames == sorted(set(frames))
            assert client.get("version") == "0.9.16"


def test_a_listener_that_comes_late_gets_the_frame_of_the_next_tick() -> None:
    """``listen()`` returns before the client has connected: the tick waits for it."""
    with serving("country_loop") as alone, RawClient(alone.port) as client:
        client.synchronous()
        imu = client.spawn("sensor.other.imu", transform())
        stream = int.from_bytes(imu[5][:4], "little")
        client.get("get_sensor_token", stream)
        ticking = client.send("tick_cue")
        with RawStream(alone.port + 1, stream) as listener:
            payload = listener.read()
            answered, result = client.receive()
            assert answered == ticking
            assert struct.unpack_from("<Q", payload, 8)[0] == result[0][1]


def test_disconnects_in_mid_frame(server: CarlaServer) -> None:
    with RawClient(server.port) as client:
        client.synchronous()
        camera = client.spawn("sensor.camera.depth", transform(z=2.0), image_size_x=320, image_size_y=240)
        for _ in range(5):
            stream = client.listen(camera)
            frame = client.get("tick_cue")
            stream.socket.recv(1000)
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.socket.close()
        assert client.get("tick_cue") == frame + 1
        assert client.get("destroy_actor", camera[0])


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("sensor.lidar.ray_cast", "upper_fov", "1e8"),
        ("sensor.lidar.ray_cast", "noise_stddev", "1e8"),
        ("sensor.lidar.ray_cast_semantic", "channels", "0"),
        ("sensor.other.radar", "range", "inf"),
        ("sensor.other.imu", "noise_seed", "x"),
        ("sensor.camera.depth", "fov", "0"),
        ("wormdrive.world.season", "season", "monsoon"),
    ],
)
def test_sensors_that_cannot_be_keep_nobody_from_ticking(
    server: CarlaServer, name: str, attribute: str, value: str
) -> None:
    with RawClient(server.port) as client:
        client.synchronous()
        ((state, message),) = client.call("spawn_actor", [0, name, [[attribute, 4, value]]], transform())
        assert state == 0
        assert value.rstrip("0") in message[0] or attribute.partition("_")[0] in message[0]
        frame = client.get("tick_cue")
        assert client.get("tick_cue") == frame + 1


def test_unknown_streams_are_closed(server: CarlaServer) -> None:
    with RawStream(server.port + 1, 4_000_000) as stream, pytest.raises(ConnectionError):
        stream.read()
