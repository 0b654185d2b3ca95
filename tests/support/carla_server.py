"""A server of ours for the tests of whoever talks to one, and the real client, in a process that may crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wormdrive.carla_server.server import CarlaServer

__all__ = ["ROOT", "ServerProcess", "run_client", "serving"]

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(map_name: str = "suburb", **options: Any) -> Iterator[CarlaServer]:
    """A server in a thread of this process, on a free port: ``.port``; kernels are compiled before it listens."""
    with CarlaServer(map_name, warm=True, **options) as server:
        yield server


@dataclass
class ServerProcess:
    """``wormdrive serve`` in a process of its own, which can be killed; a context manager."""

    map: str = "suburb"
    season: str = "summer"
    port: int = 0
    arguments: list[str] = field(default_factory=list)

    def __enter__(self) -> ServerProcess:
        command = [sys.executable, "-m", "wormdrive", "serve", "--map", self.map, "--season", self.season]
        command += ["--port", str(self.port), "--json", *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the server ended with status {self.process.wait(10)}")
        self.port = json.loads(line)["port"]
        return self

    def kill(self) -> None:
        """End it without warning."""
        self.process.kill()
        self.process.wait(10)

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl-C does, or by another signal; gives its status."""
        self.process.send_signal(number)
        return self.process.wait(20)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()


def run_client(script: str, port: int, *, limit_s: float = 60.0, **more: Any) -> Any:
    """Run a script with the real client against a server; gives what it leaves in ``result``, through JSON.

    The script finds ``carla``, ``client``, ``world`` (got already) and ``more`` as globals.
    """
    code = _PROLOGUE + script + _EPILOGUE
    values = json.dumps({"port": port, **more})
    with TemporaryDirectory() as kept:
        done = subprocess.run(
            [sys.executable, "-c", code, values],
            capture_output=True,
            text=True,
            timeout=limit_s,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "CARLA_CACHE_DIR": kept},
        )
    assert done.returncode == 0, f"status {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1])


_PROLOGUE = """
import json, queue, sys, time
import carla
globals().update(json.loads(sys.argv[1]))
result = None
client = carla.Client("127.0.0.1", port)
client.set_timeout(60.0)
world = client.get_world()

def synchronous(delta=1.0 / 30.0):
    settings = world.get_settings()
    settings.synchronous_mode = True
    settings.fixed_delta_seconds = delta
    world.apply_settings(settings)

def blueprint(name, **attributes):
    found = world.get_blueprint_library().find(name)
    for key, value in attributes.items():
        found.set_attribute(key, str(value))
    return found

sensors = []  # the client stops those that nobody holds

def listening(sensor):
    got = queue.Queue()
    sensors.append(sensor)
    sensor.listen(got.put)
    return got

def of_frame(got, frame):
    while True:
        data = got.get(timeout=10.0)
        if data.frame >= frame:
            assert data.frame == frame, (data.frame, frame)
            return data
"""
_EPILOGUE = """
print()
print(json.dumps(result))
sys.stdout.flush()
import os
os._exit(0)  # the client's threads crash now and then while the interpreter ends
"""
