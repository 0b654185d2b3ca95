"""What happens in which order around a tick: the reply, the pictures, the calls that come in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import MagicMock

import msgpack
import pytest

from tests.carla_server.raw_client import RawClient
from tests.carla_server.stream_sink import StreamSink
from wormdrive.carla_server.clock import SimulationClock
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.tokens import WORLD_STREAM
from wormdrive.carla_server.protocol.values import Description
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.dispatcher import Dispatcher
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets.rpc_connection import RpcConnection
from wormdrive.carla_server.sockets.streams import StreamHub
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.seasons.conditions import Conditions


@pytest.fixture
def sink() -> StreamSink:
    return StreamSink()


@pytest.fixture
def dispatcher(sink: StreamSink) -> Dispatcher:
    simulation = Simulation(Catalogue("country_loop"), Conditions.preset("summer"), 0, sink)
    simulation.settings = simulation.settings.updated([True, False, [True, 0.05]])
    hub = StreamHub(simulation.has_stream, simulation.snapshot)
    return Dispatcher(CallContext(simulation, hub, SimulationClock(simulation, hub, lambda: False, lambda: True)))


def a_camera(dispatcher: Dispatcher) -> int:
    attributes = {"image_size_x": "64", "image_size_y": "32"}
    return dispatcher.context.simulation.spawn(Description("sensor.camera.rgb", attributes), Pose(z=2.0)).stream


def test_a_picture_follows_the_reply(dispatcher: Dispatcher, sink: StreamSink) -> None:
    stream = a_camera(dispatcher)
    ((_, frame),) = dispatcher.answer(None, "tick_cue", [[False]])
    assert (frame, sink.spoke) == (1, [WORLD_STREAM])
    dispatcher.replied()
    dispatcher.replied()
    assert sink.spoke == [WORLD_STREAM, stream]


def test_a_tick_is_taken_while_a_traffic_manager_falls_asleep_and_drawn_after_its_reply(
    dispatcher: Dispatcher, sink: StreamSink
) -> None:
    """Neither the manager's question nor its answer waits for the picture."""
    stream = a_camera(dispatcher)
    dispatcher.context.clock._managed = lambda: True

    async def tick_and_ask() -> object:
        ticking = asyncio.ensure_future(dispatcher.answer(None, "tick_cue", [[False]]))
        await asyncio.sleep(0)
        assert sink.spoke == [WORLD_STREAM]
        assert not ticking.done()
        dispatcher.answer(None, "get_episode_settings", [[False]])
        dispatcher.replied()
        assert sink.spoke == [WORLD_STREAM]
        answer = await ticking
        assert sink.spoke == [WORLD_STREAM]
        dispatcher.replied()
        return answer

    assert asyncio.run(tick_and_ask()) == ((1, 1),)
    assert sink.spoke == [WORLD_STREAM, stream]


@pytest.mark.parametrize("call", [("tick_cue",), ("get_episode_info",), ("destroy_actor", 2)])
def test_no_call_is_served_before_the_picture_of_the_tick_before(
    dispatcher: Dispatcher, sink: StreamSink, call: tuple[object, ...]
) -> None:
    stream = a_camera(dispatcher)
    dispatcher.answer(None, "tick_cue", [[False]])
    dispatcher.answer(None, str(call[0]), [[False], *call[1:]])
    assert sink.spoke[:2] == [WORLD_STREAM, stream]


def fail(*_: object) -> Iterator[Any]:
    raise SimulatorError("no picture")


def fail_later(*_: object) -> Iterator[Any]:
    yield from fail()


@pytest.mark.parametrize("failing", [fail, fail_later])
def test_a_picture_that_fails_harms_nobody(
    dispatcher: Dispatcher,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failing: Callable[..., Iterator[Any]],
) -> None:
    a_camera(dispatcher)
    monkeypatch.setattr(dispatcher.context.simulation.sensors, "begin_pictures", failing)
    dispatcher.answer(None, "tick_cue", [[False]])
    assert "no picture" not in caplog.text
    dispatcher.replied()
    assert "no picture" in caplog.text
    ((_, frame),) = dispatcher.answer(None, "tick_cue", [[False]])
    assert frame == 2


def test_who_only_looks_is_answered_while_a_tick_waits_for_a_traffic_manager(server: CarlaServer) -> None:
    with RawClient(server.port) as client:
        client.synchronous()
        client.get("add_traffic_manager_running", ["127.0.0.1", 8123])
        client.get("tick_cue")  # waits for the question in vain, and not again before there was one
        client.get("get_episode_settings")
        client.get("tick_cue")
        calls = ["tick_cue", "get_episode_settings", "get_map_info", "get_weather_parameters"]
        packed = b"".join(msgpack.packb([0, 100 + k, call, [[False]]]) for k, call in enumerate(calls))
        client.socket.sendall(packed)
        order = [calls[client.receive()[0] - 100] for _ in calls]
        assert order == ["get_episode_settings", "get_weather_parameters", "tick_cue", "get_map_info"]
        client.call("destroy_traffic_manager", 8123)
        client.call("set_episode_settings", [False, False, [False]])


def test_whoever_sends_too_much_meanwhile_is_read_from_later(server: CarlaServer) -> None:
    with RawClient(server.port) as client:
        client.synchronous()
        client.get("add_traffic_manager_running", ["127.0.0.1", 8124])
        numbers = list(range(1000, 1400))
        calls = [msgpack.packb([0, number, "tick_cue", [[False]]]) for number in numbers]
        client.socket.sendall(b"".join(calls))
        assert [client.receive()[0] for _ in numbers] == numbers
        client.call("destroy_traffic_manager", 8124)
        client.call("set_episode_settings", [False, False, [False]])


class _Waiting:
    """Answers every call later, and notes how that went."""

    def __init__(self) -> None:
        self.story: list[str] = []

    async def _later(self) -> None:
        self.story.append("begun")
        try:
            await asyncio.sleep(60.0)
        finally:
            self.story.append("ended")

    def answer(self, connection: RpcConnection, method: str, parameters: list[Any]) -> Any:
        return self._later()

    def at_once(self, method: str) -> bool:
        return False

    def replied(self) -> None:
        self.story.append("replied")

    def admit(self, connection: RpcConnection) -> bool:
        return True

    def leave(self, connection: RpcConnection) -> None:
        self.story.append("left")


def test_a_client_that_leaves_in_the_turn_of_its_call_leaves_nothing_that_nobody_awaits() -> None:
    answering = _Waiting()

    async def leave_at_once() -> None:
        connection = RpcConnection(answering)
        connection.connection_made(MagicMock(**{"is_closing.return_value": False}))
        connection.data_received(bytes(msgpack.packb([0, 1, "tick_cue", [[False]]])))
        connection.connection_lost(None)
        await asyncio.sleep(0.05)

    asyncio.run(leave_at_once())
    assert answering.story == ["left", "begun", "ended"]
