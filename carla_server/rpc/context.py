"""CallContext: what calls of clients act on."""

from __future__ import annotations

import logging
from typing import Any

from wormdrive.carla_server.actors.actors import Actor
from wormdrive.carla_server.clock import SimulationClock
from wormdrive.carla_server.protocol import replies
from wormdrive.carla_server.protocol.values import Settings
from wormdrive.carla_server.recorder import Recordings, RecordingsFolder
from wormdrive.carla_server.rpc.introduction import Introductions
from wormdrive.carla_server.rpc.parking import Parking
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets.rpc_connection import RpcConnection
from wormdrive.carla_server.sockets.streams import StreamHub
from wormdrive.envs.common.extras import needs_extra
from wormdrive.envs.roads import RoadMap
from wormdrive.envs.seasons.conditions import Weather

with needs_extra("server"):
    import msgpack

__all__ = ["CallContext"]

_log = logging.getLogger(__name__)


class CallContext:
    """The parts of a server that calls read and change, and what one call leaves for the next.

    Attributes
    ----------
    simulation, hub, clock:
        What is simulated, where payloads go, and when the simulation advances.
    recordings:
        Recorder and replayer.
    managers:
        Traffic Managers by port: where they run, and the connection that said so. They run in clients; with the
        connection they are gone.
    caller:
        The connection whose call is being served.
    batched:
        The connection that has had a batch carried out and has called nothing since, or None.
    next_map:
        The map of the episode that a client has asked for and that is about to begin, or None.
    parking:
        Where a client's Traffic Manager is kept while its client changes episodes, or None.
    introductions:
        Who has spawned vehicles and is answered once Traffic Managers know of them.
    weather_asked:
        The weather that a client has set last, and the numbers it said: cut off ones come back as they were said.
    """

    def __init__(
        self, simulation: Simulation, hub: StreamHub, clock: SimulationClock, folder: RecordingsFolder | None = None
    ) -> None:
        self.simulation = simulation
        self.hub = hub
        self.clock = clock
        self.recordings = Recordings(simulation, folder)
        self.managers: dict[int, tuple[str, RpcConnection | None]] = {}
        self.caller: RpcConnection | None = None
        self.batched: RpcConnection | None = None
        self.next_map: RoadMap | None = None
        self.parking: Parking | None = None
        self.introductions = Introductions()
        self.weather_asked: tuple[Weather | None, list[float]] = (None, [])
        self._settings: tuple[Settings | None, bytes] = (None, b"")

    @property
    def packed_settings(self) -> bytes:
        """The settings' reply, packed once for each change."""
        settings = self.simulation.settings
        if self._settings[0] is not settings:
            self._settings = (settings, bytes(msgpack.packb(replies.value(settings.packed()))))
        return self._settings[1]

    @property
    def live(self) -> bool:
        """Whether the world ticks by itself while there are Traffic Managers."""
        return bool(self.managers) and not self.simulation.settings.synchronous_mode

    def record(self, actor: Actor) -> list[Any]:
        """Return an actor in the wire's order."""
        return actor.record(self.simulation.port)

    def draw_pictures(self) -> None:
        """Draw what the latest tick has left to be drawn; no error leaves here."""
        try:
            self.simulation.show()
        except Exception:
            _log.exception("a picture failed")
