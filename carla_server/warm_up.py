"""Warm-up: draw and measure once before anybody connects.

Kernels are compiled and art is baked when they are first used, once on a machine, which can take a minute: longer than
a client waits for a tick. From then on both are read from the cache; a mark says so, and the warm-up is left out. What
is read then is read in a thread of its own (``Loading``).

The cameras' kernels, the art and the mark lie in Wormdrive's cache folder, which all installations share. The machine
code of what moves and measures lies where numba puts it, beside the sources of each: hence the mark is of that place.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numba

from wormdrive.carla_server.actors.actors import Actor, Prop
from wormdrive.carla_server.common.heap import give_back
from wormdrive.carla_server.common.pose import ORIGIN, Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.values import Description, VehicleControl
from wormdrive.carla_server.simulation.simulation import Simulation
from wormdrive.carla_server.world.traffic.spawn_points import spawn_points
from wormdrive.carla_server.world.vehicles.motion_kernel import prepare
from wormdrive.envs.common.cache_folder import cache_folder

__all__ = ["Loading", "warm_up"]

_SOURCES: Final = (
    "envs/rendering", "envs/roads", "envs/seasons", "envs/simulation", "carla_server/measurement", "carla_server/world",
)  # fmt: skip
"""Folders with kernels, or with constants that are compiled into them."""
_KINDS: Final = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals", "optical_flow", "dvs")
_LANE_KINDS: Final = ("rgb", "instance_segmentation")
"""Those among them that take all kernels of views along the road."""
_MEASURING: Final[Mapping[str, Mapping[str, str]]] = {
    "lidar.ray_cast": {"points_per_second": "3000"},
    "lidar.ray_cast_semantic": {"points_per_second": "3000"},
    "other.radar": {},
    "other.imu": {},
    "other.gnss": {},
    "other.collision": {},
}
_MOUNTS: Final = (Pose(0.5, 0.0, 1.4), Pose(-6.0, 0.0, 3.0, pitch=0.9))
_log = logging.getLogger(__name__)
_SIZE: Final = {"image_size_x": "48", "image_size_y": "32"}
_IDLE_S: Final = 0.1
_LAST: Final = object()
_loaded: set[str] = set()
"""Seasons of which this process has it all."""


class _Everything:
    """An sink that hears every stream and sends nothing."""

    def heard(self, stream: int) -> bool:
        """Hear it."""
        return True

    def send(self, stream: int, payload: bytes | bytearray, *, blocking: bool) -> None:
        """Drop it."""

    def publish(self, stream: int, body: bytes, *, blocking: bool) -> None:
        """Drop it."""

    def end(self, stream: int) -> None:
        """Drop it."""


def warm_up(simulation: Simulation) -> bool:
    """Draw and measure in a throw-away episode, unless that was done before on this machine; returns whether it was."""
    mark = cache_folder() / "server-warm" / f"{_digest()}-{simulation.conditions.season.name}"
    warm = mark.exists() and _kernels_are_kept()
    if warm or not spawn_points(simulation.episode.road_map):
        return warm
    _log.warning("compiling kernels and baking art, once on this machine: clients can connect in a minute or two")
    for _ in _rehearsal(simulation, _KINDS):
        pass
    give_back()
    _log.warning("kernels are compiled, art is baked")
    _loaded.add(simulation.conditions.season.name)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        pass  # where nothing can be written, kernels compile anew in every process
    return False


class Loading:
    """Loads what first actors and sensors take in a thread, while the server serves already and nobody is connected.

    To read all kernels from the cache takes seconds: before the server listens that would be too long, and beside a
    client's own calls it would make these slower than without it. Whoever connects is left alone, and loads in the
    call what is missing then.

    Parameters
    ----------
    simulation:
        The server's, which is left alone: a throw-away episode is played beside it.
    busy:
        Whether somebody is connected.
    """

    def __init__(self, simulation: Simulation, busy: Callable[[], bool]) -> None:
        self._simulation = simulation
        self._busy = busy
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._load, name="carla-loading", daemon=True)

    def start(self) -> None:
        """Begin as soon as nobody is connected, unless this process has it all."""
        if self._simulation.conditions.season.name not in _loaded:
            self._thread.start()

    def stop(self) -> None:
        """Leave out what is not loaded yet; waits for what is being loaded: no process may end in the middle of it."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _load(self) -> None:
        season = self._simulation.conditions.season.name
        try:
            with closing(_rehearsal(self._simulation, _LANE_KINDS)) as steps:
                while not self._is_late():
                    if next(steps, _LAST) is _LAST:
                        _loaded.add(season)
                        break
        except Exception:  # what cannot be loaded is told of when a client asks for it
            _log.debug("loading failed", exc_info=True)
        finally:
            give_back()

    def _is_late(self) -> bool:
        """Whether the server ends; waits until nobody has been connected for a while."""
        while not self._ended.wait(_IDLE_S):
            if not self._busy():
                return False
        return True


def _rehearsal(simulation: Simulation, along: Sequence[str]) -> Generator[None, None, None]:
    """Draw and measure in a throw-away episode, step by step; ``along``: kinds of cameras that look along the road.

    Vehicles on the road and beside it, a walker, a prop, cameras that look along the road and down, and all that
    measures are what it takes.
    """
    points = spawn_points(simulation.episode.road_map)
    if not points:
        return
    trial = simulation.trial(_Everything())
    try:
        yield
        yield from _played(trial, points, along)
    finally:
        trial.close()


def _played(trial: Simulation, points: Sequence[Pose], along: Sequence[str]) -> Iterator[None]:
    episode: CarlaEpisode = trial.episode
    first = episode.spawn(Description("vehicle.audi.tt", {}), points[0])
    for point in points[1:]:
        if abs(point.x - points[0].x) + abs(point.y - points[0].y) > 10.0:
            episode.spawn(Description("vehicle.tesla.model3", {}), point)
            break
    episode.spawn(Description("walker.pedestrian.0001", {}), points[0].carrying(Pose(12.0, 3.0, 1.0)))
    for mount, kinds in zip(_MOUNTS, (along, _KINDS), strict=True):
        for kind in kinds:
            episode.spawn(Description(f"sensor.camera.{kind}", _SIZE), mount, first.id)
    for kind, values in _MEASURING.items():
        episode.spawn(Description(f"sensor.{kind}", dict(values)), Pose(z=2.0), first.id)
    episode.spawn(Description("sensor.other.obstacle", {}), ORIGIN, first.id)
    episode.control(episode.vehicle(first.id), VehicleControl(0.5, 0.1))
    for sensor in episode.actors.sensors:
        trial.sensors.prepare(sensor, rendering=True)
        yield
    trial.step()
    yield
    yield from _meet_obstacles(trial, first, points[0])


def _meet_obstacles(trial: Simulation, vehicle: Actor, place: Pose) -> Iterator[None]:
    """Have a vehicle stand across its lane, and beside the road among trees, where a prop slides into it."""
    episode = trial.episode
    barrel = episode.spawn(Description("static.prop.barrel", {}), place.carrying(Pose(2.0, -25.0)))
    if isinstance(barrel, Prop):
        episode.world.props.set_physics(barrel.body, True)
        episode.world.props.set_velocity(barrel.body, (-1.0, 0.0, 0.0))
    for mount in (Pose(heading=1.5), Pose(0.0, -25.0)):
        episode.move(vehicle, place.carrying(mount))
        trial.step()
        yield


def _digest() -> str:
    """Return what the kernels were made from, and where numba keeps those that are not in the cache folder."""
    content = hashlib.sha256(f"{numba.__version__}\0{_kernel_folder()}\0".encode())
    for source in _sources():
        # some versions of numba take code for stale as soon as its source's time is another one
        content.update(f"{source.name}\0{source.stat().st_mtime_ns}\0".encode() + source.read_bytes())
    return content.hexdigest()[:20]


def _kernel_folder() -> Path | None:
    """Where numba keeps the machine code that every vehicle's tick takes; None where it can keep none."""
    folder = prepare.stats.cache_path
    return None if folder is None else Path(folder)


def _kernels_are_kept() -> bool:
    folder = _kernel_folder()
    return folder is not None and any(folder.glob("*.nbi"))


def _sources() -> Iterator[Path]:
    package = Path(__file__).resolve().parents[1]
    for folder in _SOURCES:
        yield from sorted((package / folder).rglob("*.py"))
