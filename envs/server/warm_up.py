"""Warm-up: draw and measure once before anybody connects.

Kernels are compiled and art is baked when they are first used, once on a machine, which can take a minute: longer than
a client waits for a tick. From then on both are read from the cache; a mark beside them says so, and the warm-up is
left out.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numba

from wormdrive.envs.seasons.art.store import cache_folder
from wormdrive.envs.server.actors.actors import Actor, Prop
from wormdrive.envs.server.episode import Episode
from wormdrive.envs.server.poses import ORIGIN, Pose
from wormdrive.envs.server.protocol.values import Description, VehicleControl
from wormdrive.envs.server.simulation import Simulation
from wormdrive.envs.server.world.spawn_points import spawn_points

__all__ = ["warm_up"]

_SOURCES: Final = ("embedded", "roads", "seasons", "server/world")
"""Folders under ``envs`` with kernels, or with constants that are compiled into them."""
_KINDS: Final = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals", "optical_flow", "dvs")
_MOUNTS: Final = (Pose(0.5, 0.0, 1.4), Pose(-6.0, 0.0, 3.0, pitch=0.9))
_log = logging.getLogger(__name__)
_SIZE: Final = {"image_size_x": "48", "image_size_y": "32"}


class _Everything:
    """An outlet that hears every stream and sends nothing."""

    def heard(self, stream: int) -> bool:
        """Hear it."""
        return True

    def send(self, stream: int, payload: bytes | bytearray, *, patient: bool) -> None:
        """Drop it."""

    def publish(self, stream: int, body: bytes, *, patient: bool) -> None:
        """Drop it."""

    def end(self, stream: int) -> None:
        """Drop it."""


def warm_up(simulation: Simulation) -> bool:
    """Draw and measure in a throw-away episode, unless that was done before on this machine; gives whether it was.

    Vehicles on the road and beside it, a prop, cameras that look along the road and down, a lidar and an obstacle
    detector are what it takes.
    """
    mark = cache_folder() / "server-warm" / f"{_digest()}-{simulation.conditions.season.name}"
    points = spawn_points(simulation.episode.road_map)
    if mark.exists() or not points:
        return mark.exists()
    _log.warning("kernels are compiled and art is baked, once on this machine: it takes a minute or two")
    trial = simulation.trial(_Everything())
    episode: Episode = trial.episode
    first = episode.spawn(Description("vehicle.audi.tt", {}), points[0])
    for point in points[1:]:
        if abs(point.x - points[0].x) + abs(point.y - points[0].y) > 10.0:
            episode.spawn(Description("vehicle.tesla.model3", {}), point)
            break
    for mount in _MOUNTS:
        for kind in _KINDS:
            episode.spawn(Description(f"sensor.camera.{kind}", _SIZE), mount, first.id)
    episode.spawn(Description("sensor.lidar.ray_cast", {"points_per_second": "3000"}), Pose(z=2.0), first.id)
    episode.spawn(Description("sensor.other.obstacle", {}), ORIGIN, first.id)
    episode.control(episode.vehicle(first.id), VehicleControl(0.5, 0.1))
    for sensor in episode.actors.sensors:
        trial.sensors.prepare(sensor, trial)
    trial.step()
    _meet_things(trial, first, points[0])
    trial.close()
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        pass  # where nothing can be written, kernels compile anew in every process
    return False


def _meet_things(trial: Simulation, vehicle: Actor, place: Pose) -> None:
    """Have a vehicle stand across its lane, and beside the road among trees, where a prop slides into it."""
    episode = trial.episode
    barrel = episode.spawn(Description("static.prop.barrel", {}), place.carrying(Pose(2.0, -25.0)))
    if isinstance(barrel, Prop):
        episode.world.props.set_physics(barrel.body, True)
        episode.world.props.set_velocity(barrel.body, (-1.0, 0.0, 0.0))
    for mount in (Pose(heading=1.5), Pose(0.0, -25.0)):
        episode.move(vehicle, place.carrying(mount))
        trial.step()


def _digest() -> str:
    content = hashlib.sha256(numba.__version__.encode())
    for source in _sources():
        content.update(source.name.encode() + b"\0" + source.read_bytes())
    return content.hexdigest()[:20]


def _sources() -> Iterator[Path]:
    envs = Path(__file__).resolve().parents[1]
    for folder in _SOURCES:
        yield from sorted((envs / folder).rglob("*.py"))
