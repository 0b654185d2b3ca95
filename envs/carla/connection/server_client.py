"""Server client: one CARLA server, called with time limits, its complaints worded as ours.

What the client itself does not: it says which server, what was tried and how long; a server that is not there is found
out at once, not after the time limit; one of another version is refused, since its sensor data would be misread.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.probe import probe_server
from wormdrive.envs.common.errors import SimulatorError

__all__ = ["ServerClient"]

LOADING_TIMES: Final = 3.0
"""Loading a map may take that many time limits."""
PATIENCE_S: Final = 1.0
"""How long a server may take to show that it lives, when it has failed before [s]."""


class ServerClient:
    """A connection to one server.

    Attributes
    ----------
    host, port, timeout_s:
        Where the server is, and how long it may take for an answer [s].
    client, world:
        The library's objects; ``None`` while there is no connection. A server that was restarted needs new ones.
    """

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self.host, self.port, self.timeout_s = host, port, timeout_s
        self.client: Any = None
        self.world: Any = None

    @property
    def name(self) -> str:
        """The server in words."""
        return f"CARLA server at {self.host}:{self.port}"

    def connect(self) -> None:
        """Connect anew.

        Raises
        ------
        SimulatorError
            If no server answers in time, or one of another version than the client's.
        """
        self.drop()
        carla = client_library()
        answer = probe_server(self.host, self.port, self.timeout_s)
        if answer.version is None:
            raise self.error("asking for its version", answer.reason)
        client = carla.Client(self.host, self.port)
        client.set_timeout(self.timeout_s)
        ours = client.get_client_version()
        if _release(answer.version) != _release(ours):
            raise SimulatorError(
                f"{self.name}: version {answer.version!r}; allowed is {_release(ours)!r}, that of the installed client"
            )
        with self.trying("getting its world"):
            self.world = client.get_world()
        self.client = client

    def drop(self) -> None:
        """Forget the connection; the server is not told."""
        self.client = self.world = None

    def alive(self, patience_s: float = PATIENCE_S) -> bool:
        """Whether the server answers now, asked beside the client."""
        return probe_server(self.host, self.port, min(patience_s, self.timeout_s)).version is not None

    def answers(self) -> bool:
        """Whether the server answers through the present connection."""
        if self.client is None:
            return False
        self.client.set_timeout(min(PATIENCE_S, self.timeout_s))
        try:
            self.client.get_server_version()
        except RuntimeError:
            return False
        finally:
            self.client.set_timeout(self.timeout_s)
        return True

    @contextmanager
    def trying(self, what: str, times: float = 1.0) -> Iterator[None]:
        """Turn what the library raises into a ``SimulatorError`` that says what was tried, and for how long."""
        try:
            yield
        except (RuntimeError, IndexError) as error:  # IndexError: a blueprint that is not there
            text = " ".join(str(error).split())
            reason = "no answer in time" if text.startswith("time-out") else text
            raise self.error(what, reason, times) from error

    @contextmanager
    def loading(self, what: str) -> Iterator[None]:
        """As ``trying``, with the longer time limit that maps need."""
        self.client.set_timeout(LOADING_TIMES * self.timeout_s)
        try:
            with self.trying(what, LOADING_TIMES):
                yield
        finally:
            if self.client is not None:
                self.client.set_timeout(self.timeout_s)

    def error(self, what: str, reason: str, times: float = 1.0) -> SimulatorError:
        """Word a failure."""
        return SimulatorError(f"{self.name}: {what}: {reason} (time limit {times * self.timeout_s:g} s)")


def _release(version: str) -> str:
    """Version without what a build from source adds: ``0.9.16-3-g1a2b3c4``."""
    return version.partition("-")[0]
