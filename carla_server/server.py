"""CarlaServer: sockets around a simulation, in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from wormdrive.carla_server.clock import SimulationClock
from wormdrive.carla_server.recorder import RecordingsFolder
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.dispatcher import Dispatcher
from wormdrive.carla_server.simulation.map_catalogue import Catalogue
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.sockets.polling_selector import new_event_loop
from wormdrive.carla_server.sockets.rpc_connection import RpcConnection
from wormdrive.carla_server.sockets.streams import StreamHub, Subscriber
from wormdrive.carla_server.warm_up import Loading, warm_up
from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.seasons.conditions import Conditions

__all__ = ["CarlaServer"]

_TRIES: Final = 20
_START_S: Final = 600.0
_STOP_S: Final = 10.0
_log = logging.getLogger(__name__)


class CarlaServer:
    """A CARLA 0.9.16 server over the embedded simulator.

    Calls are served on ``port``, streams on the port after it.

    Parameters
    ----------
    map:
        Name of a built-in map, or path of an ``.xodr`` file; ``Town03=suburb`` serves it by another name.
    conditions:
        Season, weather and lens; by default a summer day.
    host:
        Address to listen on; with the default only this machine can connect.
    port:
        0 takes two free ones.
    seed:
        Decides scenery and noise.
    recordings:
        Folder of the recorder's files; clients read and write there and nowhere else. By default one in the user's
        folder for programs' data, made when it is first written to; another one is made by ``start``.
    warm:
        Draw and measure once before anybody connects: the first ticks of cameras are quick then, also where kernels
        have to be compiled first.
    more_maps:
        More of what ``map`` names, which clients can load; built-in maps are always there.

    Raises
    ------
    ArgumentError
        A port is out of range or in use, a map's name is none or taken, or ``recordings`` cannot be written; raised by
        ``start``.
    MapError
        The map cannot be used; raised by ``start``.
    """

    def __init__(
        self,
        map: str = "suburb",  # noqa: A002  (the word that gymnasium.make uses, too)
        conditions: Conditions | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 0,
        warm: bool = False,
        recordings: Path | None = None,
        more_maps: Sequence[str] = (),
    ) -> None:
        if not 0 <= port < 65535:
            raise ArgumentError(f"port={port}: allowed are 0 to 65534, since the port after it is needed, too")
        self.host = host
        self.port = port
        self._maps = map, more_maps
        self._conditions = conditions or Conditions.preset("summer")
        self._seed = seed
        self._warm = warm
        self._recordings = RecordingsFolder(recordings)
        self._asked_folder = recordings is not None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._started = threading.Event()
        self._ended = threading.Event()
        self._failure: BaseException | None = None

    def start(self) -> CarlaServer:
        """Read the map, listen, and return once clients can connect."""
        if self._thread is not None:
            raise SimulatorError("the server runs already")
        if self._asked_folder:  # the user's own is made when it is needed
            self._recordings.make()
        sockets = _bound(self.host, self.port)
        self.port = sockets[0].getsockname()[1]
        self._started.clear()
        self._ended.clear()
        self._failure = None
        self._thread = threading.Thread(target=self._run, args=(sockets,), name="carla-server", daemon=True)
        self._thread.start()
        if not self._started.wait(_START_S):
            raise SimulatorError(f"the server has not started within {_START_S:g} s")
        if self._failure is not None:
            self._thread.join(_STOP_S)
            self._thread = None
            raise self._failure
        return self

    def stop(self) -> None:
        """Close all connections and end; a second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._ended.wait(_STOP_S)
        thread.join(_STOP_S)

    def wait(self) -> None:
        """Serve until ``stop`` is called elsewhere, or the server fails.

        Raises
        ------
        SimulatorError
            The server has failed.
        """
        while self._thread is not None and not self._ended.wait(0.5):  # with a limit, so that Ctrl-C gets through
            pass  # to join would not do: a signal in it makes Python take the thread for ended
        if self._failure is not None:
            raise SimulatorError(f"the server has failed: {self._failure!r}")

    def __enter__(self) -> CarlaServer:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _run(self, sockets: tuple[socket.socket, socket.socket]) -> None:
        try:
            _run_in_loop(self._serve(sockets))
        except BaseException as error:  # reaches whoever started us
            self._failure = error
            if self._started.is_set():
                _log.exception("the server has ended")
        finally:
            for each in sockets:
                each.close()
            self._started.set()
            self._ended.set()

    async def _serve(self, sockets: tuple[socket.socket, socket.socket]) -> None:
        loop = self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        hub = StreamHub(lambda stream: simulation.has_stream(stream), lambda: simulation.snapshot())
        simulation = Simulation(Catalogue(*self._maps), self._conditions, self._seed, hub)
        if self._warm:
            warm_up(simulation)
        simulation.port = self.port + 1
        clock = SimulationClock(simulation, hub, lambda: bool(context.managers), lambda: dispatcher.busy)
        context = CallContext(simulation, hub, clock, self._recordings)
        dispatcher = Dispatcher(context)
        simulation.step()
        calls = await loop.create_server(lambda: RpcConnection(dispatcher), sock=sockets[0])
        streams = await loop.create_server(lambda: Subscriber(hub), sock=sockets[1])
        ticking = loop.create_task(clock.run())
        self._started.set()
        loading = Loading(simulation, lambda: dispatcher.busy)
        if self._warm:
            loading.start()
        try:
            await self._stopping.wait()
        finally:
            await asyncio.to_thread(loading.stop)
            ticking.cancel()
            calls.close()
            streams.close()
            dispatcher.close()
            hub.close()
            simulation.close()
            await asyncio.sleep(0.01)  # let transports close their sockets


def _run_in_loop(main: Coroutine[Any, Any, None]) -> None:
    """As ``asyncio.run``, in a loop that polls."""
    loop = new_event_loop()
    try:
        loop.run_until_complete(main)
    finally:
        loop.run_until_complete(_end_tasks())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


async def _end_tasks() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _bound(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Sockets on a port and the one after it; for port 0, on two free ones."""
    for _ in range(_TRIES):
        first = _listening(host, port, port)
        number = first.getsockname()[1]
        if number < 65535:
            try:
                return first, _listening(host, number + 1, port or number)
            except ArgumentError:
                first.close()
                if port:
                    raise
        first.close()
    raise ArgumentError(f"host={host!r}: no two free ports in a row in {_TRIES} tries")


def _listening(host: str, port: int, asked: int) -> socket.socket:
    """Return a socket that listens on a port; ``asked`` is the one of the two that was asked for."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
    except (OSError, UnicodeError):
        raise ArgumentError(f"host={host!r}: no such address") from None
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(128)
        made.setblocking(False)
    except OSError as error:
        made.close()
        both = f"port {port} cannot be used on {host}: {error.strerror}; calls need port {asked}, streams {asked + 1}"
        raise ArgumentError(f"port={asked}: {both}") from None
    return made
