"""Collision sensors: what touched the vehicle that they are mounted on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wormdrive.envs.server.actors.actors import Actor, Vehicle
from wormdrive.envs.server.episode import Episode
from wormdrive.envs.server.protocol.axes import mirrored
from wormdrive.envs.server.protocol.payloads import packed_body
from wormdrive.envs.server.sensors.unnamed import unnamed
from wormdrive.envs.server.world import Collision

__all__ = ["bump_bodies"]


def bump_bodies(
    sensors: Sequence[Actor], episode: Episode, happened: Sequence[Collision], port: int
) -> Iterator[tuple[Actor, bytes]]:
    """Bodies of the payloads, one for each sensor and collision."""
    if not happened:
        return
    listening: dict[int, list[Actor]] = {}
    for sensor in sensors:
        if sensor.type_id == "sensor.other.collision" and isinstance(sensor.parent, Vehicle):
            listening.setdefault(sensor.parent.body, []).append(sensor)
    for collision in happened:
        for sensor in listening.get(collision.vehicle, ()):
            other = None if collision.other is None else episode.actors.of_body(collision.other)
            met = unnamed(collision.tag) if other is None else other.record(port)
            assert sensor.parent is not None  # noqa: S101  (a vehicle, see above)
            yield sensor, packed_body(sensor.parent.record(port), met, mirrored(collision.impulse_ns))
