"""The format's numbers: packets, records of fixed size, and bounds on what is read and written."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

import numpy as np

__all__ = [
    "DATE",
    "FRAME",
    "HEAD",
    "MAGIC",
    "MAX_ACTORS",
    "MAX_BYTES",
    "MAX_FOLDER_BYTES",
    "MAX_FRAMES",
    "MAX_FRAME_BYTES",
    "MAX_TEXT",
    "NOBODY",
    "TABLES",
    "VERSION",
    "Kind",
    "Packet",
]

VERSION: Final = 1
MAGIC: Final = "CARLA_RECORDER"
HEAD: Final = struct.Struct("<BI")
"""Of a packet: which one, and how many bytes follow."""
FRAME: Final = struct.Struct("<Qdd")
"""Of a frame's start: its number from 1, how long it lasts [s] (-1 in the last frame), when it begins [s]."""
DATE: Final = struct.Struct("<q")
NOBODY: Final = 2**32 - 1
"""Stands for what is no actor."""

MAX_BYTES: Final = 2 * 2**30
"""Of one recording."""
MAX_FOLDER_BYTES: Final = 16 * 2**30
"""Of all files in the folder together; no recording begins beyond."""
MAX_FRAMES: Final = 2_000_000
MAX_FRAME_BYTES: Final = 8 * 2**20
MAX_ACTORS: Final = 1_000_000
"""That come, in one recording."""
MAX_TEXT: Final = 1024
"""Bytes of one text: a blueprint, an attribute, a map."""


class Packet(IntEnum):
    """Packets of CARLA 0.9.16; readers pass over those that they do not know."""

    FRAME_START = 0
    FRAME_END = 1
    ADDED = 2
    REMOVED = 3
    PARENTS = 4
    COLLISIONS = 5
    POSITIONS = 6
    TRAFFIC_LIGHTS = 7
    VEHICLES = 8
    WALKERS = 9
    LAMPS = 10
    STREET_LAMPS = 11
    KINEMATICS = 12
    BOXES = 13
    PLATFORM_TIME = 14
    PHYSICS = 15
    LIGHT_TIMES = 16
    TRIGGERS = 17
    FRAME_COUNTER = 18
    BONES = 19
    VISUAL_TIME = 20
    DOORS = 21
    WHEELS = 22
    BIKERS = 23


class Kind(IntEnum):
    """What an actor is."""

    OTHER = 0
    VEHICLE = 1
    WALKER = 2
    TRAFFIC_LIGHT = 3
    TRAFFIC_SIGN = 4
    SENSOR = 5


_POSE: Final = [("actor", "<u4"), ("location", "<f4", (3,)), ("rotation", "<f4", (3,))]
_BOX: Final = [("actor", "<u4"), ("origin", "<f4", (3,)), ("extent", "<f4", (3,))]

TABLES: Final[Mapping[Packet, np.dtype[np.void]]] = MappingProxyType(
    {
        Packet.REMOVED: np.dtype([("actor", "<u4")]),
        Packet.PARENTS: np.dtype([("actor", "<u4"), ("parent", "<u4")]),
        Packet.COLLISIONS: np.dtype(
            [("id", "<u4"), ("one", "<u4"), ("two", "<u4"), ("hero_1", "u1"), ("hero_2", "u1")]
        ),
        Packet.POSITIONS: np.dtype(_POSE),
        Packet.TRAFFIC_LIGHTS: np.dtype([("actor", "<u4"), ("frozen", "u1"), ("elapsed_s", "<f4"), ("state", "u1")]),
        Packet.VEHICLES: np.dtype(
            [
                ("actor", "<u4"),
                ("steer", "<f4"),
                ("throttle", "<f4"),
                ("brake", "<f4"),
                ("hand_brake", "u1"),
                ("gear", "<i4"),
            ]
        ),
        Packet.WALKERS: np.dtype([("actor", "<u4"), ("speed", "<f4")]),
        Packet.LAMPS: np.dtype([("actor", "<u4"), ("flags", "<u4")]),
        Packet.STREET_LAMPS: np.dtype(
            [("lamp", "<i4"), ("intensity", "<f4"), ("colour", "<f4", (4,)), ("on", "u1"), ("kind", "u1")]
        ),
        Packet.KINEMATICS: np.dtype([("actor", "<u4"), ("velocity", "<f4", (3,)), ("angular", "<f4", (3,))]),
        Packet.BOXES: np.dtype(_BOX),
        Packet.TRIGGERS: np.dtype(_BOX),
        Packet.LIGHT_TIMES: np.dtype([("actor", "<u4"), ("green", "<f4"), ("yellow", "<f4"), ("red", "<f4")]),
        Packet.BIKERS: np.dtype([("actor", "<u4"), ("speed", "<f4"), ("engine", "<f4")]),
    }
)
"""Packets that are a count of two bytes and so many records. Lengths are in centimetres, angles in degrees, rotations
are roll, pitch, yaw; velocities alone are in m/s and deg/s. Speeds of walkers and bikers are in cm/s."""
