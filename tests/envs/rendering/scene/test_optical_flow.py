"""Optical flow against projections done by hand, and against the pictures themselves."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.envs.rendering.scene import (
    Cars,
    FlowFrame,
    Look,
    SceneCamera,
    SceneFrames,
    make_camera_pose,
    optical_flow,
)
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.seasons.appearance import NOISE
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

SUBURB: Final = read_map("suburb")
ROUTE: Final = follow_route(SUBURB, 3, 500.0)
WIDTH, HEIGHT, FOCAL = 160, 96, 80.0
SAMPLE: Final = 240
HEADING: Final = float(ROUTE.heading_rad[SAMPLE])
UP_M: Final = 1.4
Pose = tuple[float, float, float, float, float, float]


def at(ahead: float, left: float, up: float = UP_M, turned: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Pose:
    x = float(ROUTE.x[SAMPLE]) + ahead * math.cos(HEADING) - left * math.sin(HEADING)
    y = float(ROUTE.y[SAMPLE]) + ahead * math.sin(HEADING) + left * math.cos(HEADING)
    return x, y, float(ROUTE.z[SAMPLE]) + up, HEADING + turned, pitch, roll


def without_noise() -> Look:
    look = Look.of(Conditions.preset("summer", "day"), 7)
    look.appearance[NOISE] = 0.0
    return look


def flow_between(
    before: Pose, now: Pose, cars_before: Cars, cars_now: Cars, follow_lanes: bool = False
) -> tuple[NDArray[np.float32], SceneFrames, SceneFrames]:
    camera = SceneCamera(
        SUBURB, WIDTH, HEIGHT, 90.0, segmentation=True, depth=True, instance=True, follow_lanes=follow_lanes
    )
    look = without_noise()
    one, two = camera.draw(before, look, cars_before, 1), camera.draw(now, look, cars_now, 2)
    assert two.depth is not None
    assert two.instance is not None
    moments = [
        FlowFrame.of(make_camera_pose(pose, WIDTH, HEIGHT, 90.0), cars)
        for pose, cars in ((before, cars_before), (now, cars_now))
    ]
    return optical_flow(two.depth, two.instance, moments[1], moments[0]), one, two


@pytest.mark.parametrize("follow_lanes", [False, True])
def test_a_level_road_streams_by_as_it_must(follow_lanes: bool) -> None:
    """Half a metre straight on at 1.4 m: a point in row v is f h / v away, and was half a metre further."""
    flow, _, frames = flow_between(at(0.0, 0.0), at(0.5, 0.0), Cars.none(), Cars.none(), follow_lanes)
    assert frames.segmentation is not None
    for u, v in ((80, 90), (60, 80), (100, 70), (75, 60)):
        assert frames.segmentation[v, u] in (SemanticLabel.ROADS, SemanticLabel.ROAD_LINES)
        a, b = u + 0.5 - 80.0, v + 0.5 - 48.0
        far = FOCAL * UP_M / b
        part = 1.0 - far / (far + 0.5)
        assert flow[v, u] == pytest.approx((a * part, b * part), rel=0.02, abs=0.02)
    sky = frames.segmentation == SemanticLabel.SKY
    assert sky.any()
    assert np.abs(flow[sky]).max() < 1e-4


@pytest.mark.parametrize("turn", [0.02, -0.05])
def test_a_turning_camera_moves_everything_however_far_the_other_way(turn: float) -> None:
    flow, _, frames = flow_between(at(0.0, 0.0), at(0.0, 0.0, turned=turn), Cars.none(), Cars.none())
    assert frames.segmentation is not None
    assert SemanticLabel.SKY in frames.segmentation
    b = -0.5
    for u in (3, 80, 150):
        before = math.atan((u + 0.5 - 80.0) / FOCAL) - turn
        row = b / FOCAL * math.cos(before + turn) / math.cos(before) * FOCAL
        assert flow[47, u] == pytest.approx((u + 0.5 - 80.0 - FOCAL * math.tan(before), b - row), abs=1e-4)
    column = 80
    for v in (2, 50, 90):
        assert flow[v, column, 0] == pytest.approx(0.5 - FOCAL * math.tan(math.atan(0.5 / FOCAL) - turn), rel=1e-5)


def test_only_what_moves_moves_and_nobody_means_nothing() -> None:
    """A car ten metres ahead goes a metre to the left; two things without a name stand elsewhere than before."""

    def scene(left: float, swapped: bool) -> Cars:
        things = [at(6.0, -3.0, 0.0), at(6.0, 3.0, 0.0)]
        return Cars.of([at(10.0, left, 0.0), *(things[::-1] if swapped else things)], actor=[9, 0, 0])

    flow, _, frames = flow_between(at(0.0, 0.0), at(0.0, 0.0), scene(0.0, False), scene(1.0, True))
    assert frames.instance is not None
    assert frames.depth is not None
    car = frames.instance == 9
    assert car.sum() > 100
    np.testing.assert_allclose(flow[car][:, 0], -FOCAL / frames.depth[car], rtol=1e-5)
    np.testing.assert_allclose(flow[car][:, 1], 0.0, atol=1e-5)
    assert not flow[~car].any()


def test_what_has_just_come_has_not_moved() -> None:
    cars = Cars.of([at(10.0, 0.0, 0.0)], actor=[4])
    flow, _, frames = flow_between(at(0.0, 0.0), at(0.0, 0.0), Cars.none(), cars)
    assert frames.instance is not None
    assert (frames.instance == 4).any()
    assert not flow.any()


def test_what_lay_behind_the_camera_has_a_flow_of_some_size_and_no_more() -> None:
    flow, *_ = flow_between(at(30.0, 0.0, 3.0), at(0.0, 0.0), Cars.none(), Cars.none())
    assert np.isfinite(flow).all()


@pytest.mark.parametrize("follow_lanes", [False, True])
def test_pictures_agree_once_flow_has_taken_the_old_one_along(follow_lanes: bool) -> None:
    """A camera that drives, turns, pitches and rolls past a bus that turns."""

    def bus(k: int) -> Cars:
        return Cars.of(
            [at(11.0 + 0.2 * k, 2.5, 0.0, 0.5 + 0.04 * k)],
            size=[(8.0, 2.5, 3.0)],
            label=[int(SemanticLabel.BUS)],
            actor=[3],
        )

    one, two = at(0.0, 0.0, pitch=0.1), at(0.4, 0.05, turned=0.01, pitch=0.105, roll=0.01)
    flow, before, now = flow_between(one, two, bus(0), bus(1), follow_lanes)
    assert before.rgb is not None
    assert now.rgb is not None
    v, u = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    moved = cv2.remap(before.rgb, u - flow[..., 0], v - flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    labels = now.segmentation
    for label in (SemanticLabel.ROADS, SemanticLabel.VEGETATION, SemanticLabel.BUS):
        error, still = (
            float(np.abs(now.rgb[labels == label].astype(int) - other[labels == label]).mean())
            for other in (moved, before.rgb)
        )
        assert error < 0.6 * still
