"""``wormdrive serve`` as a process: starting, ending, addresses, ports that are taken."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.carla_server.raw_client import RawClient
from tests.support.carla_server import ROOT, ServerProcess
from wormdrive.carla_server.server import CarlaServer
from wormdrive.envs.common.errors import ArgumentError, MapError

SOCKETS = Path("/proc/net/tcp")


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_on_ctrl_c_and_sigterm(end: signal.Signals, capfd: pytest.CaptureFixture[str]) -> None:
    with ServerProcess("country_loop", "winter") as process:
        with RawClient(process.port) as client:
            assert client.get("version") == "0.9.16"
            assert client.get("get_map_info")[0] == "Carla/Maps/country_loop"
        assert process.interrupt(end) == 0
    assert capfd.readouterr().err.splitlines()[-1:] == ["wormdrive: the server has ended"]


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_signals_that_a_shell_ignores_for_its_background_end_it(end: signal.Signals) -> None:
    before = signal.signal(end, signal.SIG_IGN)  # as ``wormdrive serve &`` in a script has it; children inherit it
    try:
        process = ServerProcess("country_loop").__enter__()
    finally:
        signal.signal(end, before)
    try:
        assert process.interrupt(end) == 0
    finally:
        process.__exit__()


def test_a_port_in_use_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "wormdrive", "serve", "--map", "country_loop", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60.0, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr.startswith(f"wormdrive: port={port}: port {port} cannot be used on 127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1


def test_the_port_of_the_streams_is_named_when_it_is_the_one_in_use() -> None:
    for _ in range(20):
        with socket.socket() as free, socket.socket() as taken:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
            try:
                taken.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            taken.listen()
            free.close()
            said = rf"port={port}: port {port + 1} cannot be used .* streams {port + 1}"
            with pytest.raises(ArgumentError, match=said):
                CarlaServer("country_loop", port=port).start()
            return
    pytest.fail("no two free ports in a row")


@pytest.mark.skipif(not SOCKETS.exists(), reason="needs Linux's /proc")
def test_only_this_machine_can_connect_by_default() -> None:
    with CarlaServer("country_loop") as server:
        listening = [line.split() for line in SOCKETS.read_text().splitlines()[1:]]
        where = {entry[1] for entry in listening if int(entry[1].split(":")[1], 16) in (server.port, server.port + 1)}
        assert {address.split(":")[0] for address in where} == {"0100007F"}


def test_what_cannot_be_served_is_said_before_anybody_connects() -> None:
    with pytest.raises(ArgumentError, match="port=65535"):
        CarlaServer(port=65535)
    with pytest.raises(ArgumentError, match="no such address"):
        CarlaServer(host="no.such.host.invalid").start()
    with pytest.raises(MapError, match="no such file"):
        CarlaServer("nowhere.xodr").start()
    server = CarlaServer("country_loop")
    server.stop()
    with server, RawClient(server.port) as client:
        assert client.get("version") == "0.9.16"
    with server, RawClient(server.port) as client:  # the same port again
        assert client.get("version") == "0.9.16"


def test_no_learning_library_is_loaded() -> None:
    code = (
        "import sys; from wormdrive.carla_server.server import CarlaServer\n"
        "with CarlaServer('country_loop'): pass\n"
        "print({'torch', 'carla', 'pygame', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=90.0, cwd=ROOT)
    assert done.stdout.strip() == "set()", done.stderr
