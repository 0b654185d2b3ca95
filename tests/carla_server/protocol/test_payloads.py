"""Payloads by offset, as the facts of the protocol give them; ``test_sensors_with_client`` asks the client itself."""

from __future__ import annotations

import struct

import msgpack
import numpy as np
import pytest

from wormdrive.carla_server.protocol.enums import SensorType
from wormdrive.carla_server.protocol.payloads import (
    EVENT,
    actor_state,
    camera_payload,
    event_payload,
    flow_payload,
    header,
    lidar_body,
    light_extra,
    packed_body,
    snapshot,
    vehicle_extra,
    walker_extra,
)
from wormdrive.carla_server.protocol.pictures import (
    write_depth,
    write_flow,
    write_instances,
    write_normals,
    write_tags,
)
from wormdrive.carla_server.protocol.tokens import stream_of, stream_token
from wormdrive.carla_server.protocol.values import VehicleControl

HEAD = header(SensorType.RGB, 7, 1.5, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


def test_tokens_leave_the_host_to_the_client() -> None:
    token = stream_token(5, 2001)
    assert len(token) == 24
    assert stream_of(token) == 5
    assert struct.unpack_from("<HBB", token, 4) == (2001, 1, 0)


def test_header() -> None:
    assert len(HEAD) == 48
    assert struct.unpack_from("<QQd", HEAD) == (13, 7, 1.5)
    assert struct.unpack_from("<6f", HEAD, 24) == (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


def test_snapshot_holds_119_bytes_an_actor() -> None:
    control = VehicleControl(0.5, -0.25, 0.125, True, False, True, 3)
    states = [
        actor_state(1, (1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12), (13, 14, 15), vehicle_extra(control, 50.0, 2, 9)),
        actor_state(2, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, walker_extra((0.0, 1.0, 0.0), 1.5, True)),
        actor_state(
            3, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, light_extra("s1", 10.0, 3.0, 2.0, 0.5, 4, True, 1)
        ),
        actor_state(4, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3, (0,) * 3),
    ]
    body = snapshot(9, 2.0, episode=3, platform_s=1.0, delta_s=0.5, map_changed=True, actors=states)
    assert len(body) == 84 + 4 * 119
    assert struct.unpack_from("<QdfiiiI", body, 48) == (3, 1.0, 0.5, 0, 0, 0, 1)
    assert struct.unpack_from("<IB15f", body, 84)[:5] == (1, 1, 1.0, 2.0, 3.0)
    vehicle = 84 + 65
    assert struct.unpack_from("<fff???if", body, vehicle) == (0.5, -0.25, 0.125, True, False, True, 3, 50.0)
    assert struct.unpack_from("<BBIB", body, vehicle + 23) == (2, 1, 9, 0)
    assert struct.unpack_from("<4f?", body, vehicle + 119) == (0.0, 1.0, 0.0, 1.5, True)
    assert struct.unpack_from("<32s4fIBB", body, vehicle + 238) == (b"s1".ljust(32, b"\0"), 10, 3, 2, 0.5, 4, 1, 1)


def test_a_camera_s_pixels_are_a_view_of_its_payload() -> None:
    payload, pixels = camera_payload(HEAD, 3, 2, 90.0)
    assert struct.unpack_from("<I", payload) == (len(payload) - 4,)
    assert struct.unpack_from("<IIf", payload, 4 + 48) == (3, 2, 90.0)
    pixels[0, 0] = 2, 1, 0, 255
    assert bytes(payload[64:68]) == bytes([2, 1, 0, 255])
    assert len(payload) == 4 + 60 + 4 * 3 * 2


def test_depth_is_24_bits_of_a_kilometre() -> None:
    depth = np.array([[0.0, 12.5, 999.9999, 1000.0, 5000.0]], np.float32)
    _, pixels = camera_payload(HEAD, 5, 1, 90.0)
    write_depth(pixels, depth)
    blue, green, red = (pixels[0, :, k].astype(np.float64) for k in range(3))
    assert (red + 256 * green + 65536 * blue) / (2**24 - 1) * 1000.0 == pytest.approx(
        np.minimum(depth[0], 1000.0), abs=1e-4
    )


def test_classes_are_red_and_instances_green_and_blue() -> None:
    _, pixels = camera_payload(HEAD, 1, 1, 90.0)
    write_tags(pixels, np.array([[14]], np.uint8))
    assert pixels[0, 0].tolist() == [0, 0, 14, 255]
    write_instances(pixels, np.array([[14]], np.uint8), np.array([[0x1234]], np.uint32))
    assert pixels[0, 0].tolist() == [0x12, 0x34, 14, 255]


def test_normals_are_mirrored_and_go_from_0_to_255() -> None:
    _, pixels = camera_payload(HEAD, 5, 1, 90.0)
    write_normals(pixels, np.array([[[0, 0, 1], [1, 0, 0], [0, 1, 0], [-0.6, -0.8, 0], [0, 0, 0]]], np.float32))
    red, green, blue, alpha = (pixels[0, :, k].tolist() for k in (2, 1, 0, 3))
    assert red == [128, 255, 128, 51, 0]
    assert green == [128, 128, 0, 230, 0]
    assert blue == [255, 128, 128, 128, 0]
    assert alpha == [255] * 5


def test_flow_is_in_halves_of_the_picture_up_and_bounded() -> None:
    payload, pixels = flow_payload(HEAD, 4, 2, 90.0)
    flow = np.zeros((2, 4, 2), np.float32)
    flow[0, 1] = 1.0, 0.5
    flow[1, 3] = 1e6, 1e6
    write_flow(pixels, flow)
    assert struct.unpack_from("<I", payload) == (4 + 8 * 4 * 2 + 56,)
    assert struct.unpack_from("<IIf", payload, 4 + 48) == (4, 2, 90.0)
    assert struct.unpack_from("<2f", payload, 64 + 8) == (0.5, -0.5)
    assert struct.unpack_from("<2f", payload, 64 + 8 * 7) == (2.0, -2.0)


def test_an_event_has_13_bytes() -> None:
    events = np.array([(3, 1, 5_000_000_000, True), (0, 2, 5_000_000_001, False)], EVENT)
    payload = event_payload(HEAD, 4, 3, 60.0, events)
    assert struct.unpack_from("<I", payload) == (len(payload) - 4,)
    assert struct.unpack_from("<IIf", payload, 4 + 48) == (4, 3, 60.0)
    assert struct.unpack_from("<HHq?", payload, 64) == (3, 1, 5_000_000_000, True)
    assert struct.unpack_from("<HHq?", payload, 64 + 13) == (0, 2, 5_000_000_001, False)
    assert len(payload) == 64 + 26


def test_lidar_and_msgpack_bodies() -> None:
    body = lidar_body(1.25, [2, 1], np.arange(12, dtype=np.float32).reshape(3, 4))
    assert struct.unpack_from("<fIII", body) == (1.25, 2, 2, 1)
    assert len(body) == 16 + 3 * 16
    assert msgpack.unpackb(packed_body(48.0, 8.0, 0.5)) == [48.0, 8.0, 0.5]
