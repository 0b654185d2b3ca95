"""Records whose size differs: actors that come, wheels, physics, walkers' bones."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from wormdrive.carla_server.recorder.cursor import Cursor
from wormdrive.carla_server.recorder.format import MAX_TEXT

__all__ = [
    "Added",
    "Physics",
    "WheelTurn",
    "packed_added",
    "packed_physics",
    "packed_text",
    "packed_wheels",
    "read_added",
    "read_bones",
    "read_physics",
    "read_wheels",
]

Triple = tuple[float, float, float]
_COUNT: Final = struct.Struct("<H")
_ADDED: Final = struct.Struct("<IB6fI")
_WHEELS: Final = struct.Struct("<II")
_WHEEL: Final = struct.Struct("<Bff")
_PHYSICS: Final = struct.Struct("<I5f?4f3f")
_PAIR, _GEAR, _TYRE = 2, 3, 12
"""Numbers of a point of a curve, of a gear, of a wheel."""


class Added(NamedTuple):
    """An actor that comes: location [cm], rotation (roll, pitch, yaw) [deg]; attributes as (type, name, value).

    Where an actor is mounted on another one by the same frame, these are in the other one's axes.
    """

    actor: int
    kind: int
    location: Triple
    rotation: Triple
    uid: int
    type_id: str
    attributes: tuple[tuple[int, str, str], ...]

    @property
    def hero(self) -> bool:
        """Whether its role is ``hero``."""
        return any(name == "role_name" and value == "hero" for _, name, value in self.attributes)


class WheelTurn(NamedTuple):
    """How a wheel stands: which (0 front left, 1 front right, 2, 3 rear), steering, rotation about its axle [deg]."""

    wheel: int
    steer_deg: float
    rotation_deg: float


class Physics(NamedTuple):
    """Physics control of a vehicle, in the file's order; wheels hold 12 numbers, the position [cm] at their end."""

    actor: int
    engine: tuple[float, ...]  # max_rpm, moi, three damping rates
    automatic: bool
    body: tuple[float, ...]  # clutch_strength, final_ratio, mass, drag_coefficient, centre of mass x, y, z
    torque_curve: tuple[tuple[float, ...], ...]
    gears: tuple[tuple[float, ...], ...]
    steering_curve: tuple[tuple[float, ...], ...]
    wheels: tuple[tuple[float, ...], ...]


def packed_text(text: str) -> bytes:
    """Pack a text behind its length; what is longer than allowed is cut off."""
    data = text.encode("utf-8", "replace")[:MAX_TEXT]
    return _COUNT.pack(len(data)) + data


def packed_added(actors: Sequence[Added]) -> bytes:
    """Pack the actors of a frame behind their count."""
    parts = [_COUNT.pack(len(actors))]
    for one in actors:
        parts.append(_ADDED.pack(one.actor, one.kind, *one.location, *one.rotation, one.uid))
        parts += [packed_text(one.type_id), _COUNT.pack(len(one.attributes))]
        for kind, name, value in one.attributes:
            parts += [bytes([kind]), packed_text(name), packed_text(value)]
    return b"".join(parts)


def read_added(cursor: Cursor) -> list[Added]:
    """Read the actors of a frame."""
    found = []
    for _ in range(cursor.count("H", _ADDED.size + 4)):
        actor, kind = cursor.whole("I"), cursor.whole("B")
        location, rotation = cursor.triple(), cursor.triple()
        uid, type_id = cursor.whole("I"), cursor.text()
        count = cursor.count("H", 5)
        attributes = tuple((cursor.whole("B"), cursor.text(), cursor.text()) for _ in range(count))
        found.append(Added(actor, kind, location, rotation, uid, type_id, attributes))
    cursor.end()
    return found


def packed_wheels(vehicles: Sequence[tuple[int, Sequence[WheelTurn]]]) -> bytes:
    """Pack how the wheels of vehicles stand."""
    parts = [_COUNT.pack(len(vehicles))]
    for actor, wheels in vehicles:
        parts.append(_WHEELS.pack(actor, len(wheels)))
        parts += [_WHEEL.pack(*wheel) for wheel in wheels]
    return b"".join(parts)


def read_wheels(cursor: Cursor) -> list[tuple[int, list[WheelTurn]]]:
    """Read how the wheels of vehicles stand."""
    found = []
    for _ in range(cursor.count("H", _WHEELS.size)):
        actor = cursor.whole("I")
        count = cursor.count("I", _WHEEL.size)
        found.append((actor, [WheelTurn(cursor.whole("B"), *cursor.numbers(2)) for _ in range(count)]))
    cursor.end()
    return found


def packed_physics(vehicles: Sequence[Physics]) -> bytes:
    """Pack the physics of vehicles."""
    parts = [_COUNT.pack(len(vehicles))]
    for one in vehicles:
        parts.append(_PHYSICS.pack(one.actor, *one.engine, one.automatic, *one.body))
        for rows in (one.torque_curve, one.gears, one.steering_curve, one.wheels):
            parts.append(struct.pack("<I", len(rows)))
            parts += [struct.pack(f"<{len(row)}f", *row) for row in rows]
    return b"".join(parts)


def read_physics(cursor: Cursor) -> list[Physics]:
    """Read the physics of vehicles."""
    found = []
    for _ in range(cursor.count("H", _PHYSICS.size + 16)):
        head: tuple[Any, ...] = (cursor.whole("I"), cursor.numbers(5), bool(cursor.whole("B")), cursor.numbers(7))
        rows = [
            tuple(cursor.numbers(width) for _ in range(cursor.count("I", 4 * width)))
            for width in (_PAIR, _GEAR, _PAIR, _TYRE)
        ]
        found.append(Physics(*head, *rows))
    cursor.end()
    return found


def read_bones(cursor: Cursor) -> list[tuple[int, list[tuple[str, Triple, Triple]]]]:
    """Read walkers' bones: name, location [cm], rotation [deg]; we have none, a CARLA server writes them."""
    found = []
    for _ in range(cursor.count("H", 6)):
        actor = cursor.whole("I")
        count = cursor.count("H", 26)
        found.append((actor, [(cursor.text(), cursor.triple(), cursor.triple()) for _ in range(count)]))
    cursor.end()
    return found
