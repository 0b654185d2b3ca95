"""People and things beside the vehicles: their meshes, and how both ways of drawing show them."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera, SceneFrames, Shape, striding
from wormdrive.envs.rendering.scene.meshes.shapes import SHAPES, STRIDE_M, mesh_of
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.seasons.appearance import NOISE, TREE_DENSITY, appearance
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

COUNTRY: Final = read_map("country_loop")
ROUTE: Final = follow_route(COUNTRY, 3, 400.0)
PERSON_M: Final = (0.375, 0.375, 1.86)
EYE_M: Final = 1.4


def ahead(metres: float, left: float = 0.0) -> tuple[float, ...]:
    """On the road ahead of the camera of ``draw``."""
    x, y, z, heading = (float(part[100]) for part in (ROUTE.x, ROUTE.y, ROUTE.z, ROUTE.heading_rad))
    x, y = x + metres * math.cos(heading) - left * math.sin(heading), y + metres * math.sin(heading)
    return x, y + left * math.cos(heading), z, heading, 0.0, 0.0


def draw(cars: Cars, *, weather: str = "day", follow_lanes: bool = False) -> SceneFrames:
    vector = appearance(Conditions.preset("summer", weather))
    vector[[TREE_DENSITY, NOISE]] = 0.0
    camera = SceneCamera(
        COUNTRY, 200, 120, 90.0, segmentation=True, depth=True, instance=True, follow_lanes=follow_lanes
    )
    x, y, z, heading, *_ = ahead(0.0)
    return camera.draw((x, y, z + EYE_M, heading, 0.0, 0.0), Look(vector, 0, 5), cars, 1)


@pytest.mark.parametrize("shape", range(SHAPES))
def test_a_mesh_fills_its_box(shape: int) -> None:
    corners = mesh_of(shape).corners
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    painted = shape in range(Shape.BAR, Shape.HOUSE)  # on the box's upper side
    assert low[2] == pytest.approx(1.0 if painted else 0.0, abs=0.02)
    assert 0.94 <= high[2] <= 1.001
    limit = 1.7 if Shape.PERSON <= shape < Shape.LIGHT else 0.53  # arms and strides reach beyond the box of a body
    assert np.abs(corners[..., :2]).max() <= limit
    flat = corners.reshape(-1, 4, 3)
    areas = np.linalg.norm(np.cross(flat[:, 2] - flat[:, 0], flat[:, 3] - flat[:, 1]), axis=1)
    assert (areas > 1e-6).all()


def test_a_stride_has_a_left_and_a_right_half() -> None:
    shapes = [striding(walked) for walked in np.arange(0.01, STRIDE_M, STRIDE_M / 8)]
    assert shapes == list(range(Shape.STRIDE, Shape.LIGHT))
    assert striding(STRIDE_M + 0.01) == Shape.STRIDE
    for one, other in zip(shapes[:4], shapes[4:], strict=True):
        corners, mirrored = (mesh_of(k).corners.reshape(-1, 3) * (1.0, y, 1.0) for k, y in ((one, 1.0), (other, -1.0)))
        corners, mirrored = (np.unique(np.round(each, 3), axis=0) for each in (corners, mirrored))
        np.testing.assert_allclose(corners, mirrored, atol=2e-3)
    assert not np.allclose(mesh_of(shapes[0]).corners, mesh_of(shapes[2]).corners)


@pytest.mark.parametrize("follow_lanes", [False, True])
def test_people_and_things_show_as_what_they_are(follow_lanes: bool) -> None:
    cars = Cars.of(
        [ahead(8.0, 1.0), ahead(8.0, -1.0)],
        size=[PERSON_M, (0.5, 0.5, 0.9)],
        label=[SemanticLabel.PEDESTRIANS, SemanticLabel.DYNAMIC],
        actor=[7, 8],
        shape=[striding(0.3), Shape.CONE],
    )
    frames, empty = (draw(some, follow_lanes=follow_lanes) for some in (cars, Cars.none()))
    for actor, label, left, height in (
        (7, SemanticLabel.PEDESTRIANS, 1.0, 1.86),
        (8, SemanticLabel.DYNAMIC, -1.0, 0.9),
    ):
        shown = frames.instance == actor
        np.testing.assert_array_equal(shown, frames.segmentation == label)
        rows, columns = np.nonzero(shown)
        assert columns.mean() == pytest.approx(100.0 - left / 8.0 * 100.0, abs=2.0)
        assert np.ptp(rows) + 1 == pytest.approx(height / 8.0 * 100.0, abs=2.5)
        assert rows.max() == pytest.approx(60.0 + EYE_M / 8.0 * 100.0, abs=2.5)
        assert np.median(frames.depth[shown]) == pytest.approx(8.0, abs=0.5)  # type: ignore[index]
        assert (frames.rgb[shown] != empty.rgb[shown]).any(axis=-1).mean() > 0.95  # type: ignore[index]
    assert not np.isin(empty.segmentation, (SemanticLabel.PEDESTRIANS, SemanticLabel.DYNAMIC)).any()


def test_people_have_no_lamps() -> None:
    """At night a car's beam and lamps light more than its own pixels; a person's picture ends at the person."""
    nobody = draw(Cars.none(), weather="night").rgb
    changed = {}
    for label, size in ((SemanticLabel.PEDESTRIANS, PERSON_M), (SemanticLabel.CAR, (4.5, 1.85, 1.48))):
        x, y, z, heading, *_ = ahead(12.0)
        cars = Cars.of([(x, y, z, heading + math.pi, 0.0, 0.0)], size=[size], label=[label])
        frames = draw(cars, weather="night")
        brighter = frames.rgb.astype(int) - nobody > 2  # type: ignore[operator,union-attr]
        changed[label] = int((brighter.any(axis=-1) & (frames.instance == 0)).sum())
    assert changed[SemanticLabel.PEDESTRIANS] == 0
    assert changed[SemanticLabel.CAR] > 50


def test_a_camera_beside_a_person_borrows_no_headlights() -> None:
    beside = Cars.of([ahead(-0.6)], size=[PERSON_M], label=[SemanticLabel.PEDESTRIANS])
    np.testing.assert_array_equal(draw(beside, weather="night").rgb, draw(Cars.none(), weather="night").rgb)  # type: ignore[arg-type]


def test_shapes_that_are_none_are_refused() -> None:
    with pytest.raises(ArgumentError, match="shape"):
        Cars.of([ahead(8.0)], shape=[SHAPES])
