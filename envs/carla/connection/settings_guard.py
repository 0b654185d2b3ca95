"""Settings guard: the world's settings while we drive in it, and how they come back.

The connection can break before they are restored. So actors carry a tag in their ``role_name``, and settings that look
like ours are known for ours: after a break, a new connection finds what the old one left behind.
"""

from __future__ import annotations

import math
from typing import Any

from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.carla.connection.server_client import ServerClient
from wormdrive.envs.simulation.vehicle_batch import DT_S

__all__ = ["SettingsGuard", "destroy"]


class SettingsGuard:
    """Synchronous mode with steps of ``DT_S``, for as long as it is held."""

    def __init__(self, server: ServerClient) -> None:
        self._server = server
        self._before: Any = None
        self.held = False

    def apply(self) -> None:
        """Remember the settings and put ours in their place.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        if self.held:
            return
        with self._server.trying("setting synchronous mode"):
            settings = self._server.world.get_settings()
            if self._before is None or not _ours(settings):
                self._before = self._server.world.get_settings()
            settings.synchronous_mode = True
            settings.fixed_delta_seconds = DT_S
            self.held = True
            self._server.world.apply_settings(settings)

    def restore(self) -> None:
        """Put the settings back that were there before, unless somebody has put others there meanwhile.

        Raises
        ------
        SimulatorError
            If the server does not answer in time.
        """
        if not self.held:
            return
        with self._server.trying("putting its settings back"):
            if _ours(self._server.world.get_settings()):
                self._server.world.apply_settings(self._before)
        self.held, self._before = False, None


def destroy(server: ServerClient, actors: list[int]) -> None:
    """Destroy actors by id, sensors before what they sit on; some may be gone already.

    Raises
    ------
    SimulatorError
        If the server does not answer in time.
    """
    if actors:
        command = client_library().command.DestroyActor
        with server.trying("destroying actors"):
            server.client.apply_batch_sync([command(actor) for actor in actors], False)


def _ours(settings: Any) -> bool:
    delta = settings.fixed_delta_seconds
    return bool(settings.synchronous_mode and delta is not None and math.isclose(delta, DT_S, rel_tol=1e-4))
