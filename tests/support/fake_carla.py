"""Stand-ins for the client library's objects, for tests of what is made of them: no library, no server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

from wormdrive.envs.carla.connection.server_client import ServerClient

__all__ = ["fake_server", "settings", "transform"]


def fake_server(world: Any = None) -> ServerClient:
    """A server whose world is ``world``, and which answers everything."""

    @contextmanager
    def trying(_what: str, _times: float = 1.0) -> Iterator[None]:
        yield

    return cast(ServerClient, SimpleNamespace(name="a server", world=world, trying=trying))


def settings(synchronous: bool, delta_s: float | None) -> SimpleNamespace:
    """A ``carla.WorldSettings``."""
    return SimpleNamespace(synchronous_mode=synchronous, fixed_delta_seconds=delta_s)


def transform(x: float, y: float, yaw_deg: float = 0.0) -> SimpleNamespace:
    """A ``carla.Transform`` on the level, in CARLA's axes."""
    place = SimpleNamespace(x=x, y=y, z=0.0)
    return SimpleNamespace(location=place, rotation=SimpleNamespace(yaw=yaw_deg, pitch=0.0, roll=0.0))
