"""A server of ours that can be told to fail, or to be as others are."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.carla_server import ROOT
from wormdrive.envs.carla.connection.raw_rpc import raw_rpc

__all__ = ["FaultyServer", "faulty_server"]

# A process of its own, since the client keeps Python's lock in get_world: a server beside it could not answer.
_PROGRAM = """
import json, sys
from wormdrive.carla_server.protocol.tokens import WORLD_STREAM
from wormdrive.carla_server.rpc import session
from wormdrive.carla_server.rpc.registry import calls, done, value
from wormdrive.carla_server.server import CarlaServer
from wormdrive.carla_server.sockets.streams import StreamHub

send, faults, painted = StreamHub.send, {"frames": "kept"}, []

def send_or_not(hub, stream, payload, **options):
    if faults["frames"] == "kept" or stream == WORLD_STREAM:
        send(hub, stream, payload, **options)

@done("test.fault")
def fault(desk, name, setting):
    if name == "version":
        session.VERSION = setting
    elif name == "objects":  # as Unreal has them; and no call of ours
        calls.pop("wormdrive.conditions", None)
        value("get_names_of_all_objects")(lambda desk: setting.split())
        done("apply_color_texture_to_objects")(lambda desk, *arguments: painted.append(arguments))
    else:
        faults[name] = setting

@value("test.painted")
def paint_of(desk):
    return [[names, int(parameter), [texture[0], texture[1], texture[2]]] for names, parameter, texture in painted]

StreamHub.send = send_or_not
with CarlaServer("country_loop") as server:
    print(json.dumps(server.port), flush=True)
    server.wait()
"""


@dataclass(frozen=True)
class FaultyServer:
    """``frames="lost"`` loses the cameras' frames, ``version`` is what it says of itself.

    ``objects`` are what stands in its world for textures; once they are set, it knows no call of ours any more.
    """

    port: int

    @contextmanager
    def fault(self, name: str, value: str, healed: str) -> Iterator[None]:
        """Fail in one way for a while."""
        self.set(name, value)
        try:
            yield
        finally:
            self.set(name, healed)

    def set(self, name: str, value: str) -> None:
        """Be like this from now on."""
        raw_rpc("127.0.0.1", self.port, "test.fault", name, value, timeout_s=10.0)


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    """Start one on a free port."""
    command = [sys.executable, "-c", _PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield FaultyServer(json.loads(process.stdout.readline()))
        finally:
            process.send_signal(signal.SIGKILL)
