"""How many ticks a second ``wormdrive serve`` gives the real ``carla`` client, beside the same picture in process."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np

from wormdrive.bench.server_client import SCENES
from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.common.errors import SimulatorError
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["BARS", "bench_server"]

HANGING_S: Final = 60.0
MOST_HUNG: Final = 3
MAP: Final = "suburb"
IN_PROCESS: Final = "in process, 200x80"
BARS: Final = {"share_of_in_process": 0.4, "first_tick_s": 3.0}
"""Ticks with a 200x80 picture by those in process, at least; seconds from nothing to the first tick, at most."""


def bench_server(
    *, seconds: float = 1.0, rounds: int = 5, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Measure ticks a second of the real client against a server in a process of its own.

    Returns
    -------
    dict
        ``ticks_per_second`` by scene (one vehicle with an awaited camera of 200x80 and 800x600, twenty vehicles of a
        Traffic Manager), ``in_process`` (frames a second of one embedded world, same picture),
        ``share_of_in_process``, ``first_tick_s`` (median over rounds, from nothing to the reply of the first tick),
        ``memory_mib`` (resident, after all of it), ``clients_hung`` (how often the client's Traffic Manager fell asleep
        for ever, so that a chunk was measured anew).

    Raises
    ------
    SimulatorError
        The server or the client has ended.
    """
    with _server():  # compiles and bakes where that was not done before
        pass
    starts = sorted(_first_tick() for _ in range(rounds))
    with _server() as (server, port), _Client(port) as client:
        chunks: dict[str, Chunk] = {IN_PROCESS: _in_process(seconds)}
        chunks |= {scene: functools.partial(client.measure, scene, seconds) for scene in SCENES}
        rates = compare(chunks, seconds=0.0, rounds=rounds, progress=progress)
        memory = _resident_mib(server.pid)
    return {
        "ticks_per_second": {scene: rates[scene] for scene in SCENES},
        "in_process": rates[IN_PROCESS],
        "share_of_in_process": rates[SCENES[0]] / rates[IN_PROCESS],
        "first_tick_s": starts[len(starts) // 2],
        "memory_mib": memory,
        "clients_hung": client.hung,
    }


def _in_process(seconds: float) -> Chunk:
    simulator = EmbeddedSimulator(1, camera=CameraConfig(width=200, height=80))
    simulator.reset([Scenario(map=MAP, route_length_m=400.0)])
    still = np.array([[0.01, -1.0]])

    def chunk() -> tuple[int, float]:
        simulator.reset([Scenario(map=MAP, route_length_m=400.0, time_limit_s=1e6)])
        began, steps = time.perf_counter(), 0
        while time.perf_counter() - began < seconds or not steps:
            simulator.step(still)
            steps += 1
        return steps, time.perf_counter() - began

    return chunk


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    command = [sys.executable, "-m", "wormdrive", "serve", "--map", MAP, "--port", "0", "--json"]
    with _ending(subprocess.Popen(command, stdout=subprocess.PIPE, text=True)) as process:  # noqa: S603  (our own)
        yield process, int(_line(process)["port"])


class _Client:
    """A client in a process of its own, which is replaced if it hangs."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._process: subprocess.Popen[str]
        self._life = ExitStack()
        self.hung = 0

    def __enter__(self) -> _Client:
        self._open()
        return self

    def _open(self) -> None:
        command = [sys.executable, "-m", "wormdrive.bench.server_client", str(self._port)]
        made = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  (ours)
        self._process = self._life.enter_context(_ending(made))
        _line(made)

    def __exit__(self, *exception: object) -> None:
        self._life.close()

    def _end(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def measure(self, scene: str, seconds: float) -> tuple[int, float]:
        """Ticks of a scene, and how long they took [s]."""
        while True:
            late = threading.Event()
            watch = threading.Timer(HANGING_S + 10.0 * seconds, self._end, [late])
            watch.start()
            try:
                assert self._process.stdin is not None  # noqa: S101  (a pipe, see above)
                self._process.stdin.write(f"{scene} {seconds}\n")
                self._process.stdin.flush()
                ticks, took = _line(self._process)
                return int(ticks), float(took)
            except SimulatorError:
                if not late.is_set() or self.hung == MOST_HUNG:
                    raise
                self.hung += 1
                self._life.close()
                self._open()
            finally:
                watch.cancel()


@contextmanager
def _ending(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _line(process: subprocess.Popen[str]) -> Any:
    """Read one JSON line of a process; lines of the client's own are passed over."""
    assert process.stdout is not None  # noqa: S101  (a pipe, see above)
    for line in process.stdout:
        try:
            return json.loads(line)
        except ValueError:
            continue
    raise SimulatorError(f"{' '.join(map(str, process.args[2:4]))} has ended with status {process.wait()}")  # type: ignore[index]


def _first_tick() -> float:
    """Time from nothing to the reply of the first tick [s]."""
    import socket

    with needs_extra("server"):
        import msgpack

    began = time.perf_counter()
    with _server() as (_, port), socket.create_connection(("127.0.0.1", port), timeout=60.0) as calls:
        calls.sendall(msgpack.packb([0, 1, "tick_cue", [[False]]]))
        calls.recv(64)
        return time.perf_counter() - began


def _resident_mib(process: int) -> float:
    """Memory of a process that is in use [MiB]; NaN where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024.0
