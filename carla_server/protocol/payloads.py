"""Payloads of the streams, byte for byte: the header, the world snapshot, sensors.

Little-endian and packed. A malformed payload ends the client's process, so that every field is packed here and nowhere
else. Vectors are in CARLA's axes already; see ``axes``.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.protocol.enums import SensorType
from wormdrive.carla_server.protocol.values import VehicleControl
from wormdrive.envs.common.extras import needs_extra

with needs_extra("server"):
    import msgpack

__all__ = [
    "EVENT",
    "HEADER",
    "actor_state",
    "camera_payload",
    "event_payload",
    "flow_payload",
    "header",
    "lidar_body",
    "light_extra",
    "packed_body",
    "radar_body",
    "snapshot",
    "vehicle_extra",
    "walker_extra",
]

Triple = Sequence[float]

HEADER: Final = struct.Struct("<QQd6f")
"""Sensor type, frame, time [s], location [m], rotation (pitch, yaw, roll) [deg]."""
EVENT: Final = np.dtype([("x", "<u2"), ("y", "<u2"), ("t", "<i8"), ("pol", "?")])
"""One event of a dynamic vision sensor: pixel, time [ns], whether it became brighter; 13 bytes."""
_SNAPSHOT: Final = struct.Struct("<QdfiiiI")
_ACTOR: Final = struct.Struct("<IB15f54s")
_VEHICLE: Final = struct.Struct("<fff???ifBBIB24x")
_WALKER: Final = struct.Struct("<3ff?37x")
_LIGHT: Final = struct.Struct("<32sffffIBB")
_CAMERA: Final = struct.Struct("<IIf")
_LENGTH: Final = struct.Struct("<I")
_NO_EXTRA: Final = bytes(54)
_ACTIVE: Final = 1


def header(kind: SensorType, frame: int, time_s: float, location: Triple, rotation: Triple) -> bytes:
    """First 48 bytes of every payload."""
    return HEADER.pack(kind, frame, time_s, *location, *rotation)


def snapshot(
    frame: int,
    time_s: float,
    *,
    episode: int,
    platform_s: float,
    delta_s: float,
    map_changed: bool,
    actors: list[bytes],
) -> bytes:
    """Build the state of the whole world."""
    head = HEADER.pack(SensorType.WORLD, frame, time_s, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    body = _SNAPSHOT.pack(episode, platform_s, delta_s, 0, 0, 0, 1 if map_changed else 0)
    return b"".join((head, body, *actors))


def actor_state(
    actor: int,
    location: Triple,
    rotation: Triple,
    velocity: Triple,
    angular: Triple,
    acceleration: Triple,
    extra: bytes = _NO_EXTRA,
) -> bytes:
    """One actor in the snapshot: m, deg, m/s, deg/s, m/s²; 119 bytes."""
    return _ACTOR.pack(actor, _ACTIVE, *location, *rotation, *velocity, *angular, *acceleration, extra)


def vehicle_extra(control: VehicleControl, speed_limit_kmh: float, light: int, light_actor: int) -> bytes:
    """Pack what the snapshot says of vehicles alone; ``light_actor`` 0 is none."""
    return _VEHICLE.pack(*control, speed_limit_kmh, light, light_actor != 0, light_actor, 0)


def walker_extra(direction: Triple, speed_mps: float, jump: bool) -> bytes:
    """Pack what the snapshot says of walkers alone."""
    return _WALKER.pack(*direction, speed_mps, jump)


def light_extra(
    sign_id: str, green_s: float, yellow_s: float, red_s: float, elapsed_s: float, pole: int, frozen: bool, state: int
) -> bytes:
    """Pack what the snapshot says of traffic lights alone."""
    return _LIGHT.pack(sign_id.encode()[:31], green_s, yellow_s, red_s, elapsed_s, pole, frozen, state)


def sign_extra(sign_id: str) -> bytes:
    """Pack what the snapshot says of traffic signs alone."""
    return sign_id.encode()[:31]


def camera_payload(head: bytes, width: int, height: int, fov_deg: float) -> tuple[bytearray, NDArray[np.uint8]]:
    """Return room for a picture: the payload behind its length, and its pixels (H, W, 4), blue, green, red, alpha.

    The pixels are a view of the payload: what is drawn into them is sent.
    """
    payload, before = _picture(head, width, height, fov_deg, 4 * width * height)
    return payload, np.frombuffer(payload, np.uint8, offset=before).reshape(height, width, 4)


def flow_payload(head: bytes, width: int, height: int, fov_deg: float) -> tuple[bytearray, NDArray[np.float32]]:
    """Return room for optical flow: the payload behind its length, and a view of its pixels (H, W, 2)."""
    payload, before = _picture(head, width, height, fov_deg, 8 * width * height)
    return payload, np.frombuffer(payload, "<f4", offset=before).reshape(height, width, 2)


def event_payload(head: bytes, width: int, height: int, fov_deg: float, events: NDArray[np.void]) -> bytearray:
    """Build the payload of a dynamic vision sensor behind its length; ``events`` (n,) of type ``EVENT``."""
    payload, before = _picture(head, width, height, fov_deg, events.nbytes)
    payload[before:] = events.tobytes()
    return payload


def _picture(head: bytes, width: int, height: int, fov_deg: float, size: int) -> tuple[bytearray, int]:
    """Payload with room for ``size`` bytes, and where they begin."""
    before = _LENGTH.size + HEADER.size + _CAMERA.size
    payload = bytearray(before + size)
    _LENGTH.pack_into(payload, 0, before - _LENGTH.size + size)
    payload[_LENGTH.size : _LENGTH.size + HEADER.size] = head
    _CAMERA.pack_into(payload, before - _CAMERA.size, width, height, fov_deg)
    return payload, before


def packed_body(*values: Any) -> bytes:
    """Body of the sensors that send msgpack: collision, obstacle, GNSS, IMU."""
    return bytes(msgpack.packb(values, use_single_float=False))


def lidar_body(angle_rad: float, counts: Sequence[int], points: NDArray[Any]) -> bytes:
    """Body of a lidar: points by channel, ``counts`` of them each.

    ``points`` is (n, 4) float32 (x, y, z, intensity), or a structured array of 24 bytes a point for semantic lidar.
    """
    return struct.pack(f"<fI{len(counts)}I", angle_rad, len(counts), *counts) + points.tobytes()


def radar_body(detections: NDArray[np.float32]) -> bytes:
    """Body of a radar: (n, 4) velocity [m/s], azimuth [rad], altitude [rad], depth [m]."""
    return np.ascontiguousarray(detections, np.float32).tobytes()
