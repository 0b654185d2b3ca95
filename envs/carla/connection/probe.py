"""Probe: does a CARLA server answer? Asked over a plain socket, so that nothing can hang and no client can crash.

CARLA speaks msgpack-rpc: a request ``[0, id, method, [[asynchronous], ...]]``, a reply ``[1, id, error, result]`` whose
result is ``[[1, value]]``.
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from importlib import metadata

from wormdrive.envs.common.extras import needs_extra

with needs_extra("carla"):
    import msgpack

__all__ = ["ServerProbe", "carla_client_version", "probe_server"]

_MOST_BYTES = 1 << 16
_LONGEST_VERSION = 64


@dataclass(frozen=True)
class ServerProbe:
    """``version`` that the server names, or None and ``reason``, why there is none, in a few words."""

    version: str | None
    reason: str = ""


def carla_client_version() -> str | None:
    """Version of the installed client, which is not imported for it; None without one."""
    try:
        return metadata.version("carla")
    except metadata.PackageNotFoundError:
        return None


def probe_server(host: str = "localhost", port: int = 2000, time_limit_s: float = 2.0) -> ServerProbe:
    """Ask for the server's version; comes back within the time limit whatever the network or the server does."""
    answer: list[ServerProbe] = []
    # A thread, since looking up a host's name knows no time limit; one that stays behind does not keep the process.
    asking = threading.Thread(target=lambda: answer.append(_ask(host, port, time_limit_s)), daemon=True)
    asking.start()
    asking.join(time_limit_s + 0.1)
    return answer[0] if answer else ServerProbe(None, _silent(time_limit_s))


def _ask(host: str, port: int, time_limit_s: float) -> ServerProbe:
    deadline = time.monotonic() + time_limit_s
    try:
        with socket.create_connection((host, port), timeout=time_limit_s) as connection:
            connection.sendall(msgpack.packb([0, 0, "version", [[False]]]))
            return _read_reply(connection, deadline)
    except TimeoutError:
        return ServerProbe(None, _silent(time_limit_s))
    except ConnectionRefusedError:
        return ServerProbe(None, "nothing listens there")
    except (OSError, UnicodeError, OverflowError) as error:
        return ServerProbe(None, getattr(error, "strerror", None) or str(error))


def _silent(time_limit_s: float) -> str:
    return f"no answer within {time_limit_s:g} s"


def _read_reply(connection: socket.socket, deadline: float) -> ServerProbe:
    unpacker = msgpack.Unpacker(max_buffer_size=_MOST_BYTES)
    foreign = ServerProbe(None, "what answers there is no CARLA server")
    received = 0
    while received < _MOST_BYTES:
        connection.settimeout(max(deadline - time.monotonic(), 1e-3))
        block = connection.recv(4096)
        if not block:
            return ServerProbe(None, "the connection was closed without an answer")
        received += len(block)
        try:
            unpacker.feed(block)
            reply = next(iter(unpacker), None)
        except (ValueError, msgpack.UnpackException):
            return foreign
        if reply is not None:
            version = _version(reply)
            return foreign if version is None else ServerProbe(version)
    return foreign


def _version(reply: object) -> str | None:
    match reply:
        case [1, 0, None, [[1, str(version)]]] if version.isprintable() and len(version) <= _LONGEST_VERSION:
            return version
    return None
