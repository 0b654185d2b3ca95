"""A listener that takes one connection and does with it what a test wants: servers that answer oddly, or not at all."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["one_connection"]


@contextmanager
def one_connection(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """Take one connection, in a thread, and do ``answer`` with it until the client is gone: the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10.0)

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.settimeout(10.0)
                try:
                    answer(connection)
                except ConnectionError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join()
