"""The probe against servers on the loopback: ours, one that speaks in pieces, and others that are no CARLA servers."""

from __future__ import annotations

import socket
import threading
import time
from importlib import metadata

import msgpack
import pytest

from tests.support.one_connection import one_connection
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.carla.connection.probe import carla_client_version, probe_server

REPLY = [1, 0, None, [[1, "0.9.16"]]]


def asked(connection: socket.socket) -> list[object]:
    unpacker = msgpack.Unpacker()
    while True:
        unpacker.feed(connection.recv(4096))
        for request in unpacker:
            return list(request)


def test_our_own_server_answers() -> None:
    with CarlaServer("country_loop") as server:
        assert probe_server("127.0.0.1", server.port, 20.0).version == metadata.version("carla")


def test_replies_may_come_in_pieces() -> None:
    requests = []

    def answer(connection: socket.socket) -> None:
        requests.append(asked(connection))
        for byte in msgpack.packb(REPLY):
            connection.sendall(bytes([byte]))

    with one_connection(answer) as port:
        assert probe_server("127.0.0.1", port, 5.0).version == "0.9.16"
    assert requests == [[0, 0, "version", [[False]]]]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "no CARLA server"),
        (msgpack.packb([1, 0, None, [[0, ["not today"]]]]), "no CARLA server"),
        (msgpack.packb([1, 0, None, [[1, "\x1b[2J"]]]), "no CARLA server"),
        (msgpack.packb([1, 0, None, [[1, "9" * 65]]]), "no CARLA server"),
        (msgpack.packb(b"x" * 70_000), "no CARLA server"),
        (b"\xc1", "no CARLA server"),
        (b"", "closed without an answer"),
    ],
)
def test_what_is_no_carla_server_is_told_apart(sent: bytes, reason: str) -> None:
    def answer(connection: socket.socket) -> None:
        asked(connection)
        connection.sendall(sent)

    with one_connection(answer) as port:
        probe = probe_server("127.0.0.1", port, 5.0)
    assert probe.version is None
    assert reason in probe.reason


def test_a_server_that_keeps_still_is_left_in_time() -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        while not done.wait(0.05):
            connection.sendall(b"\xdd\xff\xff\xff\xff"[:1])  # begins an array again and again

    with one_connection(drip) as port:
        began = time.monotonic()
        probe = probe_server("127.0.0.1", port, 0.5)
        took = time.monotonic() - began
        done.set()
    assert probe.version is None
    assert took < 5.0


def test_looking_up_a_name_has_a_time_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def slow(*_arguments: object, **_options: object) -> list[object]:
        done.wait(20.0)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    probe = probe_server("somewhere.invalid", 2000, 0.2)
    done.set()
    assert (probe.version, probe.reason) == (None, "no answer within 0.2 s")


def test_nothing_listens_and_no_such_host() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert probe_server("127.0.0.1", free.getsockname()[1], 5.0).reason == "nothing listens there"
    assert probe_server("a" * 300, 2000, 5.0).version is None


def test_the_client_is_named_without_importing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", {"carla": "0.9.16"}.__getitem__)
    assert carla_client_version() == "0.9.16"

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert carla_client_version() is None
