"""Rays against meshes: the tree finds what trying all faces finds, whatever the size and attitude of the box."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.mesh_kernel import meet_mesh
from wormdrive.carla_server.measurement.mesh_trees import mesh_trees
from wormdrive.envs.rendering.scene.meshes.shapes import Shape, mesh_of

Array = NDArray[np.float64]
HALF = np.array([2.2, 0.9, 0.75])
POSE = Pose(30.0, -4.0, 1.0, 0.7, 0.1, -0.05)


def tried(shape: int, origin: Array, direction: Array) -> float:
    """Least distance over all faces, by the triangles that they are made of."""
    corners = (mesh_of(shape).corners.astype(float) - (0.0, 0.0, 0.5)) * 2.0 * HALF
    corners = corners @ np.array(POSE.rotation()).T + np.array(POSE.place)
    closed = shape >= Shape.LIGHT
    best = np.inf
    for a, b, c, d in corners:
        if closed and np.cross(c - a, d - b) @ (origin - a) <= 0.0:
            continue
        for one, two, three in ((a, b, c), (a, c, d)):
            matrix = np.stack([one - two, one - three, direction], axis=1)
            if abs(np.linalg.det(matrix)) > 1e-12:
                u, v, t = np.linalg.solve(matrix, one - origin)
                if u >= 0.0 and v >= 0.0 and u + v <= 1.0 and t > 0.0:
                    best = min(best, t)
    return best


def met(shape: int, origin: Array, direction: Array, normal: Array) -> float:
    axes = np.ascontiguousarray(np.array(POSE.rotation()).T)
    centre, trees = np.array(POSE.place), mesh_trees()
    return float(meet_mesh(origin, direction, centre, HALF, axes, int(shape), trees, np.inf, np.zeros((4, 3)), normal))


@pytest.mark.parametrize("shape", [Shape.TRUCK, Shape.TWO_WHEELER, Shape.CONE, Shape.LIGHT, Shape.HOUSE])
def test_the_tree_finds_what_trying_all_faces_finds(shape: Shape) -> None:
    """Of shapes whose faces are flat: of others a triangle is not quite the face."""
    random = np.random.default_rng(int(shape))
    hits = 0
    for _ in range(60):
        origin = np.array(POSE.place) + 9.0 * np.array([np.cos(k := random.uniform(0, 6.3)), np.sin(k), 0.15])
        aim = np.array(POSE.place) + random.uniform(-1.0, 1.0, 3) * HALF
        direction = (aim - origin) / np.linalg.norm(aim - origin)
        normal = np.zeros(3)
        found = met(shape, origin, direction, normal)
        assert found == pytest.approx(tried(shape, origin, direction), abs=0.02)
        if np.isfinite(found):
            hits += 1
            assert np.linalg.norm(normal) == pytest.approx(1.0)
    assert hits > 20


def test_a_box_that_holds_the_origin_lets_the_ray_through() -> None:
    normal = np.zeros(3)
    assert met(Shape.CAR, np.array(POSE.place), np.array([1.0, 0.0, 0.0]), normal) == np.inf
