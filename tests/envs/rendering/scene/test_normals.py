"""Normals against geometry that is known: level roads, hills, boxes, the sky."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera, SceneFrames, Shape
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.roads.opendrive.road_map import RoadMap
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

SUBURB: Final = read_map("suburb")
PASS: Final = read_map("mountain_pass")
LOOK: Final = Look.of(Conditions.preset("summer", "day"), 7)
Pose = tuple[float, float, float, float, float, float]


def over(route: Route, i: int, above: float, pitch: float = 0.1, roll: float = 0.0) -> Pose:
    heading = float(route.heading_rad[i])
    return float(route.x[i]), float(route.y[i]), float(route.z[i]) + above, heading, pitch, roll


def shown(
    road_map: RoadMap, pose: Pose, cars: Cars, follow_lanes: bool = False
) -> tuple[SceneCamera, SceneFrames, NDArray[np.float32]]:
    camera = SceneCamera(
        road_map, 160, 96, 90.0, segmentation=True, depth=True, instance=True, follow_lanes=follow_lanes
    )
    frames = camera.draw(pose, LOOK, cars, 1)
    return camera, frames, camera.normals(pose, frames, cars)


@pytest.mark.parametrize("follow_lanes", [False, True])
def test_a_level_road_looks_up_trees_at_the_camera_and_the_sky_nowhere(follow_lanes: bool) -> None:
    route = follow_route(SUBURB, 3, 500.0)
    pose = over(route, 240, 1.4, pitch=0.05, roll=0.04)
    _, frames, normals = shown(SUBURB, pose, Cars.none(), follow_lanes)
    labels = frames.segmentation
    assert labels is not None
    assert {SemanticLabel.ROADS, SemanticLabel.VEGETATION, SemanticLabel.SKY} <= set(labels.ravel().tolist())
    assert np.abs(normals[labels == SemanticLabel.ROADS] - (0.0, 0.0, 1.0)).max() < 1e-3
    heading, pitch = pose[3:5]
    back = -math.cos(pitch) * math.cos(heading), -math.cos(pitch) * math.sin(heading), math.sin(pitch)
    assert np.abs(normals[labels == SemanticLabel.VEGETATION] - back).max() < 1e-6
    assert not normals[labels == SemanticLabel.SKY].any()
    np.testing.assert_allclose(np.linalg.norm(normals[labels != SemanticLabel.SKY], axis=1), 1.0, atol=1e-6)


def test_a_road_has_its_own_slope_and_bank() -> None:
    route = follow_route(PASS, 3, 900.0)
    slope = np.gradient(route.z, route.spacing_m)
    steep = int(np.argmax(np.abs(slope[40:-40]))) + 40
    gentle = np.abs(route.curvature[40:-40]) < 0.03
    banked = int(np.argmax(np.abs(route.bank_rad[40:-40]) * gentle)) + 40
    assert abs(slope[steep]) > 0.02
    assert abs(route.bank_rad[banked]) > 0.02
    for i in (steep, banked):
        _, _, normals = shown(PASS, over(route, i, 4.0, pitch=0.5 * math.pi), Cars.none())
        heading = route.heading_rad[i]
        along = np.array([math.cos(heading), math.sin(heading), 0.0])
        left = np.array([-math.sin(heading), math.cos(heading), 0.0])
        up = np.array([0.0, 0.0, 1.0]) - slope[i] * along - math.tan(route.bank_rad[i]) * left
        middle = normals[46:50, 78:82].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(middle, up / np.linalg.norm(up), atol=4e-3)


@pytest.mark.parametrize("follow_lanes", [False, True])
def test_a_box_has_the_normals_of_its_faces_with_its_mesh_and_without(follow_lanes: bool) -> None:
    route = follow_route(SUBURB, 3, 500.0)
    pose = over(route, 240, 2.2, pitch=0.2)
    heading = pose[3] + 0.5
    at = (pose[0] + 7.0 * math.cos(pose[3]), pose[1] + 7.0 * math.sin(pose[3]), pose[2] - 2.2, heading, 0.0, 0.0)
    cars = Cars.of([at], size=[(2.0, 2.0, 1.5)], label=[int(SemanticLabel.DYNAMIC)], shape=[Shape.BOX])
    camera, frames, normals = shown(SUBURB, pose, cars, follow_lanes)
    assert frames.segmentation is not None
    box = frames.segmentation == SemanticLabel.DYNAMIC
    assert box.sum() > 400
    # the rear and the left side of the box look at the camera, and its lid
    rear = -math.cos(heading), -math.sin(heading), 0.0
    side = -math.sin(heading), math.cos(heading), 0.0
    faces = np.array([rear, side, (0.0, 0.0, 1.0)])
    likeness = normals[box] @ faces.T
    assert np.mean(likeness.max(axis=1) > 0.99999) > 0.995  # of the edges, some pixels show what lies behind
    assert (np.bincount(likeness.argmax(axis=1), minlength=3) > 40).all()
    # without the mesh, depth tells the same wherever a face is more than a line of pixels
    by_depth = camera.normals(pose, frames, Cars.none())
    face = np.zeros(box.shape, np.uint8)
    face[box] = 1 + likeness.argmax(axis=1)
    for k in range(3):
        inner = cv2.morphologyEx((face == k + 1).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
        assert inner.sum() > 15
        assert np.mean(by_depth[inner] @ faces[k] > 0.9999) > 0.94


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (7, 1), (3, 2), (33, 17)])
@pytest.mark.parametrize("fov_deg", [1.0, 90.0, 170.0])
def test_all_sizes_and_lenses_have_normals_wherever_there_is_anything(size: tuple[int, int], fov_deg: float) -> None:
    route = follow_route(SUBURB, 3, 500.0)
    x, y, z, heading, *_ = over(route, 240, 0.0)
    bus = Cars.of(
        [(x + 4.0 * math.cos(heading), y + 4.0 * math.sin(heading), z, heading, 0.0, 0.0)],
        size=[(4.0, 3.0, 3.0)],
        label=[int(SemanticLabel.BUS)],
    )
    for follow_lanes in (False, True):
        camera = SceneCamera(SUBURB, *size, fov_deg, segmentation=True, depth=True, follow_lanes=follow_lanes)
        for above, pitch in ((1.4, 0.0), (-1.0, 0.3), (3.0, 0.5 * math.pi)):
            pose = over(route, 240, above, pitch, roll=0.3)
            frames = camera.draw(pose, LOOK, bus, 1)
            assert frames.depth is not None
            for cars in (bus, Cars.none()):
                length = np.linalg.norm(camera.normals(pose, frames, cars), axis=2)
                np.testing.assert_allclose(length, frames.depth < 999.5, atol=1e-5)


def test_a_picture_without_depth_has_none() -> None:
    camera = SceneCamera(SUBURB, 16, 16, 90.0)
    pose = over(follow_route(SUBURB, 3, 100.0), 40, 1.4)
    with pytest.raises(ArgumentError, match="depth and segmentation"):
        camera.normals(pose, camera.draw(pose, LOOK, Cars.none(), 1), Cars.none())
