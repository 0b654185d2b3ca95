"""One call over a socket, against a server of ours, and against what is none."""

from __future__ import annotations

import socket
import threading

import msgpack
import pytest

from tests.support.carla_server import serving
from tests.support.one_connection import one_connection
from wormdrive.envs.carla.connection.raw_rpc import RawRpcError, raw_rpc
from wormdrive.envs.seasons.conditions import Conditions


def test_a_server_of_ours_answers_and_refuses() -> None:
    with serving("highway") as server:
        assert raw_rpc("127.0.0.1", server.port, "version", timeout_s=5.0) == "0.9.16"
        text = Conditions.preset("winter", "snowfall").model_dump_json()
        assert raw_rpc("127.0.0.1", server.port, "wormdrive.conditions", text, timeout_s=5.0) is None
        weather = raw_rpc("127.0.0.1", server.port, "get_weather_parameters", timeout_s=5.0)
        assert weather[0] == pytest.approx(Conditions.preset("winter", "snowfall").weather.cloudiness)
        for wrong in ("{", "[]", '{"season": {"snow_cover": 7}}', '{"moon": {}}', 7):
            with pytest.raises(RawRpcError, match=r"wormdrive\.conditions"):
                raw_rpc("127.0.0.1", server.port, "wormdrive.conditions", wrong, timeout_s=5.0)
        with pytest.raises(RawRpcError, match="no_such_call"):
            raw_rpc("127.0.0.1", server.port, "no_such_call", timeout_s=5.0)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (b"", "closed without an answer"),
        (b"HTTP/1.1 400 Bad Request\r\n", "no CARLA server"),
        (msgpack.packb([1, 0, "no such function", None]), "no such function"),
        (msgpack.packb([1, 0, None, [[0, ["not today"]]]]), "not today"),
        (msgpack.packb([1, 0, None, [[True, ["not today"]]]]), "not today"),
        (b"\xc1", "Format"),
    ],
)
def test_what_is_no_answer_is_an_error(answer: bytes, named: str) -> None:
    def reply(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answer)

    with one_connection(reply) as port, pytest.raises(RawRpcError, match=f"(?i){named}"):
        raw_rpc("127.0.0.1", port, "version", timeout_s=5.0)


def test_silence_ends_in_time() -> None:
    ended = threading.Event()
    with one_connection(lambda _: ended.wait(10.0)) as port:
        with pytest.raises(RawRpcError, match=r"no answer within 0\.2 s"):
            raw_rpc("127.0.0.1", port, "version", timeout_s=0.2)
        ended.set()
