"""CARLA's axes against ours: by what each convention says of known places and turns."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.carla_server.common.pose import ORIGIN, Pose
from wormdrive.carla_server.protocol.axes import (
    angular_from_carla,
    angular_to_carla,
    mirrored,
    pose_from_carla,
    transform_to_carla,
)

angles = st.floats(-179.0, 179.0)
metres = st.floats(-1e4, 1e4)


def carla_forward(pitch: float, yaw: float) -> tuple[float, float, float]:
    """Forward vector of a ``carla.Rotation`` [deg], from its documentation."""
    p, y = math.radians(pitch), math.radians(yaw)
    return math.cos(p) * math.cos(y), math.cos(p) * math.sin(y), math.sin(p)


def test_yaw_turns_right_there_and_left_here() -> None:
    pose = pose_from_carla([[1.0, 2.0, 3.0], [0.0, 90.0, 0.0]])
    assert pose.place == (1.0, -2.0, 3.0)
    assert pose.turned((1.0, 0.0, 0.0)) == pytest.approx((0.0, -1.0, 0.0), abs=1e-12)


def test_positive_roll_lowers_the_right_side() -> None:
    right = pose_from_carla([[0.0, 0.0, 0.0], [0.0, 0.0, 20.0]]).turned((0.0, -1.0, 0.0))
    assert right[2] == pytest.approx(-math.sin(math.radians(20.0)))


@given(st.tuples(metres, metres, metres), st.tuples(st.floats(-89.0, 89.0), angles, angles))
def test_transforms_come_back(location: tuple[float, ...], rotation: tuple[float, ...]) -> None:
    pose = pose_from_carla([location, rotation])
    assert pose.turned((1.0, 0.0, 0.0)) == pytest.approx(mirrored(carla_forward(*rotation[:2])), abs=1e-9)
    back_location, back_rotation = transform_to_carla(pose)
    assert back_location == pytest.approx(location)
    assert back_rotation == pytest.approx(rotation, abs=1e-9)


def test_angular_velocity_is_that_of_the_mirrored_turn() -> None:
    before, rate, dt = Pose(heading=0.3), (0.2, -0.4, 0.7), 1e-6
    about = np.array(rate) * dt
    turned = np.array(before.turned((1.0, 0.0, 0.0)))
    moved = mirrored(turned + np.cross(about, turned))
    seen = np.radians(angular_to_carla(rate)) * dt
    there = np.array(mirrored(turned))
    assert np.allclose(there + np.cross(seen, there), moved, atol=1e-12)
    assert angular_from_carla(angular_to_carla(rate)) == pytest.approx(rate)


@given(*[st.tuples(st.floats(-3.0, 3.0), st.floats(-1.5, 1.5), st.floats(-3.0, 3.0)) for _ in range(2)])
def test_mounted_poses_turn_vectors_one_after_the_other(outer: tuple[float, ...], inner: tuple[float, ...]) -> None:
    body, mount = Pose(1.0, 2.0, 3.0, *outer), Pose(-0.5, 0.2, 1.5, *inner)
    both = body.carrying(mount)
    for vector in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.2, -0.3, 0.9)):
        assert both.turned(vector) == pytest.approx(body.turned(mount.turned(vector)), abs=1e-6)
        assert body.into(body.turned(vector)) == pytest.approx(vector, abs=1e-9)
    assert ORIGIN.carrying(mount).place == mount.place
