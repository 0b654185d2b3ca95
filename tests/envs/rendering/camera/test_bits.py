"""The same world gives the same bits, however it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from tests.support.pictures import CameraView, Picture, draw, views_of
from tests.support.routes import synthetic_route
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

ROUTES: Final = [synthetic_route(seed) for seed in range(3)]


def world(n: int) -> CameraView:
    return CameraView(
        ROUTES[n % 3],
        station_m=30.0 + 41.0 * n,
        offset_m=0.2 * (n % 5) - 0.4,
        heading_error_rad=0.02 * n - 0.08,
        body_roll_rad=(0.0, 0.004, -0.03, 0.1)[n % 4],
        conditions=Conditions.preset(SEASONS[n % 4], WEATHERS[n % 6]),
        bare=False,
        scenery_seed=7 + n,
        frame_seed=100 + n,
    )


WORLDS: Final = [world(n) for n in range(8)]


def assert_same(one: Picture, other: Picture) -> None:
    np.testing.assert_array_equal(one.rgb, other.rgb)
    np.testing.assert_array_equal(one.segmentation, other.segmentation)
    np.testing.assert_array_equal(one.depth, other.depth)


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("size", [(200, 78), (403, 301)])
def test_threads_share_the_picture_of_one_world(threads: int, size: tuple[int, int]) -> None:
    """Level, slightly and steeply leaning ones; in bands of rows, other ones each time."""
    config = CameraConfig(*size)
    alone, shared = RoadCamera(config), RoadCamera(config, threads=threads)
    for view in (*WORLDS, replace(WORLDS[0], body_roll_rad=-0.2)):
        expected = draw(alone, [view])[0]
        for _ in range(3):
            assert_same(draw(shared, [view])[0], expected)
    shared.close()


def test_a_picture_is_complete_only_when_it_was_asked_for() -> None:
    roads, views = views_of([WORLDS[1]])
    for threads in (1, 2):
        camera = RoadCamera(CameraConfig(), threads=threads)
        rgb = np.zeros((1, camera.config.height, camera.config.width, 3), np.uint8)
        complete = camera.begin(roads, views, rgb=rgb, segmentation=None, depth=None)
        complete()
        np.testing.assert_array_equal(rgb[0], draw(camera, [WORLDS[1]])[0].rgb)
        camera.close()


def test_alone_or_in_a_batch_once_or_again_on_one_thread_or_two() -> None:
    camera = RoadCamera(CameraConfig())
    batch = draw(camera, WORLDS)
    for again, first in zip(draw(camera, WORLDS), batch, strict=True):
        assert_same(again, first)
    for alone, first in zip((draw(camera, [view])[0] for view in WORLDS), batch, strict=True):
        assert_same(alone, first)
    for back, first in zip(reversed(draw(camera, WORLDS[::-1])), batch, strict=True):
        assert_same(back, first)
    threaded = RoadCamera(CameraConfig(), threads=2)
    for parallel, first in zip(draw(threaded, WORLDS), batch, strict=True):
        assert_same(parallel, first)
    threaded.close()
    threaded.close()
    assert len({picture.rgb.tobytes() for picture in batch}) == 8


def test_leaving_a_product_out_does_not_change_the_others() -> None:
    camera = RoadCamera(CameraConfig())
    roads, views = views_of(WORLDS)
    batch = draw(camera, WORLDS)
    rgb = np.zeros((8, 78, 200, 3), np.uint8)
    camera.render(roads, views, rgb=rgb, segmentation=None, depth=None)
    labels, depth = np.zeros((8, 78, 200), np.uint8), np.zeros((8, 78, 200), np.float32)
    camera.render(roads, views, rgb=None, segmentation=labels, depth=None)
    camera.render(roads, views, rgb=None, segmentation=None, depth=depth)
    for n, first in enumerate(batch):
        assert_same(Picture(rgb[n], labels[n], depth[n]), first)


def test_frame_seed_draws_noise_and_scenery_seed_places_trees() -> None:
    view = replace(WORLDS[0], conditions=Conditions.preset("summer", "day"), body_roll_rad=0.0)
    same, noisy, elsewhere = draw(
        RoadCamera(CameraConfig()), [view, replace(view, frame_seed=5), replace(view, scenery_seed=5)]
    )
    difference = noisy.rgb.astype(int) - same.rgb
    assert (difference != 0).mean() > 0.3
    assert np.abs(difference).mean() < 6.0
    np.testing.assert_array_equal(noisy.segmentation, same.segmentation)
    np.testing.assert_array_equal(noisy.depth, same.depth)
    assert (same.segmentation == SemanticLabel.VEGETATION).sum() > 200
    assert (elsewhere.segmentation != same.segmentation).mean() > 0.02
    road = same.segmentation == SemanticLabel.ROADS
    assert (elsewhere.segmentation[road] == SemanticLabel.ROADS).mean() > 0.97


def test_a_slot_follows_its_new_route() -> None:
    """The camera keeps roads in step with the table: a route that is replaced is drawn no longer."""
    camera = RoadCamera(CameraConfig())
    first, second = (replace(WORLDS[0], route=route) for route in ROUTES[:2])
    assert_same(draw(camera, [second])[0], draw(RoadCamera(CameraConfig()), [second])[0])
    before = draw(camera, [first])[0]
    assert_same(before, draw(RoadCamera(CameraConfig()), [first])[0])
    assert not np.array_equal(before.rgb, draw(camera, [second])[0].rgb)


def test_wrong_arrays_and_empty_slots_are_refused() -> None:
    camera = RoadCamera(CameraConfig())
    roads, views = views_of(WORLDS[:2])
    with pytest.raises(ArgumentError, match=r"rgb: shape \(2, 78, 199, 3\)"):
        camera.render(roads, views, rgb=np.zeros((2, 78, 199, 3), np.uint8), segmentation=None, depth=None)
    with pytest.raises(ArgumentError, match="depth"):
        camera.render(roads, views, rgb=None, segmentation=None, depth=np.zeros((2, 78, 200)))  # type: ignore[arg-type]
    half = RoadTable(2)
    half.assign({0: ROUTES[0]})
    with pytest.raises(ArgumentError, match="slot"):
        camera.render(half, views, rgb=np.zeros((2, 78, 200, 3), np.uint8), segmentation=None, depth=None)
    with pytest.raises(ArgumentError, match="threads=0"):
        RoadCamera(CameraConfig(), threads=0)
    empty = Views(**{name: array[:0] for name, array in vars(views).items()})
    camera.render(roads, empty, rgb=np.zeros((0, 78, 200, 3), np.uint8), segmentation=None, depth=None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", 0), ("height", 9000), ("fov_deg", 180.0), ("z_m", 0.0), ("pitch_rad", 2.0), ("roll_rad", float("nan"))],
)
def test_cameras_that_cannot_be_are_refused(field: str, value: float) -> None:
    with pytest.raises(ArgumentError, match=field):
        RoadCamera(replace(CameraConfig(), **{field: value}))  # type: ignore[arg-type]
