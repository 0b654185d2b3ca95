"""One call to a CARLA server that the client library has no function for, over a socket of its own.

msgpack-rpc as in ``probe``: a request ``[0, id, method, [[asynchronous], ...]]``, a reply ``[1, id, error, result]``.
"""

from __future__ import annotations

import socket
import time
from typing import Any, Final

from wormdrive.envs.common.extras import needs_extra

with needs_extra("carla"):
    import msgpack

__all__ = ["RawRpcError", "raw_rpc"]

_MOST_BYTES: Final = 1 << 20


class RawRpcError(Exception):
    """The server does not know the call, refuses it, or does not answer in time."""


def raw_rpc(host: str, port: int, method: str, *arguments: Any, timeout_s: float) -> Any:
    """Call a method; what it gives is what stands in the reply, unwrapped.

    Raises
    ------
    RawRpcError
        Says in a few words why there is no result.
    """
    deadline = time.monotonic() + timeout_s
    unpacker = msgpack.Unpacker(max_buffer_size=_MOST_BYTES)
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            connection.sendall(msgpack.packb([0, 0, method, [[False], *arguments]]))
            while (reply := next(iter(unpacker), None)) is None:
                connection.settimeout(max(deadline - time.monotonic(), 1e-3))
                block = connection.recv(1 << 16)
                if not block:
                    raise RawRpcError("the connection was closed without an answer")
                unpacker.feed(block)
    except TimeoutError:
        raise RawRpcError(f"no answer within {timeout_s:g} s") from None
    except (OSError, ValueError, msgpack.UnpackException) as error:
        raise RawRpcError(str(error) or type(error).__name__) from error
    match reply:
        case [1, 0, None, [[bool(failed), *reasons]]]:  # bool before int: True equals 1
            if failed:
                raise RawRpcError(str(reasons)[:200])
            return None
        case [1, 0, None, [[1, value]]]:
            return value
        case [1, 0, None, [[0, reason]]] | [1, 0, reason, _]:
            raise RawRpcError(str(reason)[:200])
    raise RawRpcError("what answers there is no CARLA server")
