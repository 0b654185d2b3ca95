"""Collision sensors: what touched the vehicle that they are mounted on, and how what is no actor is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from wormdrive.carla_server.actors.actors import Actor, BoundingBox, Vehicle
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.protocol.axes import mirrored
from wormdrive.carla_server.protocol.payloads import packed_body
from wormdrive.carla_server.world import Collision

__all__ = ["collision_payloads", "static_object"]

_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {3: "building", 6: "pole", 7: "trafficlight", 8: "trafficsign", 9: "vegetation", 10: "terrain"}
)


def collision_payloads(
    sensors: Sequence[Actor], episode: CarlaEpisode, collisions: Sequence[Collision], port: int
) -> Iterator[tuple[Actor, bytes]]:
    """Bodies of the payloads, one for each sensor and collision."""
    if not collisions:
        return
    listening: dict[int, list[Actor]] = {}
    for sensor in sensors:
        if sensor.type_id == "sensor.other.collision" and isinstance(sensor.parent, Vehicle):
            listening.setdefault(sensor.parent.body, []).append(sensor)
    for collision in collisions:
        for sensor in listening.get(collision.vehicle, ()):
            other = None if collision.other is None else episode.actors.of_body(collision.other)
            met = static_object(collision.tag) if other is None else other.record(port)
            assert sensor.parent is not None  # noqa: S101  (a vehicle, see above)
            yield sensor, packed_body(sensor.parent.record(port), met, mirrored(collision.impulse_ns))


def static_object(tag: int) -> list[Any]:
    """Return the record of an actor with the id 0, such as ``static.vegetation``, in the wire's order."""
    return [0, 0, [0, f"static.{_NAMES.get(tag, 'other')}", []], BoundingBox().packed(0), bytes([tag]), b""]
