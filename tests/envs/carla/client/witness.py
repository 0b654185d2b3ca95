"""Witness: a second client, who looks at what the first has left on a server."""

from __future__ import annotations

import time
from typing import Any

import carla

from wormdrive.envs.carla.connection.raw_rpc import raw_rpc

__all__ = ["Witness"]


class Witness:
    """Another client of the same server."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.client = carla.Client("127.0.0.1", port)
        self.client.set_timeout(10.0)
        self.world = self.client.get_world()

    def call(self, method: str, *arguments: Any) -> Any:
        """Call the server over a plain socket."""
        return raw_rpc("127.0.0.1", self.port, method, *arguments, timeout_s=10.0)

    def actors(self) -> list[Any]:
        """Vehicles and sensors that are there."""
        self.world = self.client.get_world()
        if not self.world.get_settings().synchronous_mode:
            self.world.wait_for_tick(10.0)
        deadline = time.monotonic() + 10.0
        while not len(self.world.get_actors()):  # the spectator is always there, once a snapshot has come
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return [a for a in self.world.get_actors() if a.type_id.startswith(("vehicle.", "sensor."))]

    def assert_clean(self) -> None:
        """Neither actors nor synchronous mode were left behind."""
        settings = self.world.get_settings()
        assert not settings.synchronous_mode
        assert settings.fixed_delta_seconds is None
        assert [actor.type_id for actor in self.actors()] == []
