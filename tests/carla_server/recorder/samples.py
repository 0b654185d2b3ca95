"""Recordings made by hand, with everything in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wormdrive.carla_server.recorder.format import NOBODY, TABLES, Packet
from wormdrive.carla_server.recorder.variable import (
    Added,
    Physics,
    WheelTurn,
    packed_added,
    packed_physics,
    packed_wheels,
)
from wormdrive.carla_server.recorder.writer import RecordingWriter, packet

__all__ = ["BUS", "CAR", "LIGHT", "WALKER", "added", "rows", "sample"]

CAR, BUS, WALKER, LIGHT = 10, 11, 12, 13


def added(actor: int, kind: int, type_id: str, **attributes: str) -> Added:
    """An actor that comes."""
    values = tuple((4, name, value) for name, value in attributes.items())
    return Added(actor, kind, (100.0 * actor, -200.0, 5.5), (1.0, 2.0, 90.0), 7, type_id, values)


def rows(kind: Packet, *records: tuple[object, ...]) -> bytes:
    """A packet of records."""
    return packet(kind, len(records).to_bytes(2, "little") + np.array(list(records), TABLES[kind]).tobytes())


def sample(path: Path, frames: int = 40, delta_s: float = 0.5, more: Sequence[bytes] = ()) -> Path:
    """Write a recording: a hero goes straight on, a bus waits until the last second, a walker goes and is gone.

    In frames 10 to 12 the hero touches the bus, in 20 the ground.
    """
    writer = RecordingWriter(path, "suburb", 2**30)
    actors = [
        added(CAR, 1, "vehicle.audi.tt", role_name="hero", color="1,2,3"),
        added(BUS, 1, "vehicle.mitsubishi.fusorosa", role_name="autopilot"),
        added(WALKER, 2, "walker.pedestrian.0001"),
        added(LIGHT, 3, "traffic.traffic_light"),
        added(14, 5, "sensor.other.collision"),
    ]
    curve = ((0.0, 500.0), (5000.0, 400.0))
    wheel = tuple(float(k) for k in range(12))
    engine, body = (6000.0, 1.0, 0.1, 2.0, 0.3), (10.0, 4.0, 1500.0, 0.3, 0.0, 0.0, 0.5)
    physics = Physics(CAR, engine, True, body, curve, ((1.0, 0.5, 0.6),), curve, (wheel,) * 4)
    for k in range(frames):
        packets = [packet(Packet.VISUAL_TIME, np.float64(k).tobytes())]
        if k == 0:
            packets += [packet(Packet.ADDED, packed_added(actors)), rows(Packet.PARENTS, (14, CAR))]
        if k == 30:
            packets.append(rows(Packet.REMOVED, (WALKER,)))
        if 9 <= k < 12:
            packets.append(rows(Packet.COLLISIONS, (k, CAR, BUS, 1, 0)))
        if k == 19:
            packets.append(rows(Packet.COLLISIONS, (k, CAR, NOBODY, 1, 0)))
        moved = 0.0 if k < frames - 2 else 500.0
        turned = 179.0 if k % 2 else -179.0
        places = [
            (CAR, (100.0 * k, 20.0, 3.0), (0.0, 0.0, turned)),
            (BUS, (moved, 9.0, 0.0), (0.0, 0.0, 0.0)),
        ]
        if k < 30:
            places.append((WALKER, (50.0, 10.0 * k, 90.0), (0.0, 0.0, 0.0)))
        packets += [
            rows(Packet.POSITIONS, *places),
            rows(Packet.TRAFFIC_LIGHTS, (LIGHT, k % 2, 0.25 * k, k % 3)),
            rows(Packet.VEHICLES, (CAR, 0.1, 0.5, 0.0, 1, -1), (BUS, 0.0, 0.0, 1.0, 0, 0)),
            rows(Packet.WALKERS, *([(WALKER, 140.0)] if k < 30 else [])),
            rows(Packet.LAMPS, (CAR, 3), (BUS, 0)),
            packet(Packet.WHEELS, packed_wheels([(CAR, [WheelTurn(j, 1.5, 3.0) for j in range(4)])])),
        ]
        if k == 0:
            packets += [
                rows(Packet.STREET_LAMPS, (5, 2.5, (1.0, 0.5, 0.25, 1.0), 1, 2)),
                rows(Packet.KINEMATICS, (CAR, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))),
                rows(Packet.BOXES, (CAR, (0.0, 0.0, 70.0), (200.0, 90.0, 70.0))),
                rows(Packet.TRIGGERS, (LIGHT, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))),
                rows(Packet.LIGHT_TIMES, (LIGHT, 10.0, 3.0, 2.0)),
                rows(Packet.BIKERS, (CAR, 100.0, 0.5)),
                packet(Packet.PLATFORM_TIME, np.float64(0.125).tobytes()),
                packet(Packet.PHYSICS, packed_physics([physics])),
                *more,
            ]
        writer.frame(delta_s, b"".join(packets))
    writer.finish()
    return path
