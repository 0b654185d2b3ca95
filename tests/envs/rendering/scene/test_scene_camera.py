"""Pictures from anywhere: geometry, classes, what decides the bits, and that both ways show the same."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.appearance_table import AppearanceTable, frame_seeds
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.rendering.scene import Cars, Look, Pin, SceneCamera, SceneFrames
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.seasons.appearance import BUSHES, NOISE, POSTS, SHADOW, TREE_DENSITY, TUFTS, appearance
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.semantic_labels import SemanticLabel

COUNTRY: Final = read_map("country_loop")
ROUTE: Final = follow_route(COUNTRY, 3, 400.0)
PRODUCTS: Final = {"rgb": True, "segmentation": True, "depth": True, "instance": True}
Pose = tuple[float, float, float, float, float, float]


def bare(season: str = "summer", weather: str = "day") -> Look:
    vector = appearance(Conditions.preset(season, weather))
    vector[[TREE_DENSITY, BUSHES, TUFTS, POSTS, NOISE, SHADOW]] = 0.0
    return Look(vector, Look.of(Conditions.preset(season)).art, 5)


def place(i: int, above: float, turned: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Pose:
    """Over sample ``i`` of the route."""
    heading = float(ROUTE.heading_rad[i]) + turned
    return float(ROUTE.x[i]), float(ROUTE.y[i]), float(ROUTE.z[i]) + above, heading, pitch, roll


def draw(pose: Pose, look: Look, cars: Cars | None = None, size: tuple[int, int] = (160, 96)) -> SceneFrames:
    return SceneCamera(COUNTRY, *size, 90.0, **PRODUCTS).draw(pose, look, cars or Cars.none(), 1)


@pytest.mark.parametrize("roll", [0.0, 1.2, math.pi])
def test_straight_down_the_road_lies_at_its_distance_and_width(roll: float) -> None:
    frames = draw(place(100, 30.0, pitch=0.5 * math.pi, roll=roll), bare())
    assert frames.depth is not None
    assert frames.segmentation is not None
    middle = frames.depth[40:56, 70:90]
    assert np.abs(middle - 30.0).max() < 0.3
    turned = abs(math.sin(roll)) > 0.5
    row = frames.segmentation[:, 80] if turned else frames.segmentation[48]
    paved = (
        np.isin(row, (SemanticLabel.ROADS, SemanticLabel.ROAD_LINES)).sum()
        * 30.0
        / 80.0
        * (abs(math.sin(roll)) if turned else 1.0)
    )
    edges = ROUTE.cross_sections.edges[0]
    assert paved == pytest.approx(float(edges.max() - edges.min()), abs=1.2)


def test_looking_up_shows_sky_alone() -> None:
    frames = draw(place(100, 2.0, pitch=-1.4), bare())
    assert frames.depth is not None
    assert frames.segmentation is not None
    assert (frames.segmentation == SemanticLabel.SKY).all()
    assert (frames.depth == 1000.0).all()


@pytest.mark.parametrize("turned", [0.0, 1.0, math.pi])
def test_a_vehicle_shows_where_it_stands(turned: float) -> None:
    """A car ten metres ahead of the camera, to whichever side: class, actor, depth and silhouette."""
    x, y, z, heading, *_ = place(100, 1.5, turned)
    ahead = (x + 10.0 * math.cos(heading), y + 10.0 * math.sin(heading), z - 1.5, heading, 0.0, 0.0)
    cars = Cars.of([ahead], actor=[77], label=[int(SemanticLabel.TRUCK)])
    frames = draw((x, y, z, heading, 0.1, 0.0), bare(), cars)
    assert frames.instance is not None
    assert frames.depth is not None
    assert frames.segmentation is not None
    shown = frames.instance == 77
    np.testing.assert_array_equal(shown, frames.segmentation == SemanticLabel.TRUCK)
    columns = np.flatnonzero(shown.any(axis=0))
    assert columns.min() + columns.max() == pytest.approx(159, abs=2)
    assert len(columns) * (10.0 - 2.25) / 80.0 == pytest.approx(1.85, abs=0.35)
    assert frames.depth[shown].min() == pytest.approx(10.0 - 2.25, abs=0.4)
    assert not draw((x, y, z, heading + math.pi, 0.1, 0.0), bare(), cars).instance.any()  # type: ignore[union-attr]


def test_threads_and_what_came_before_decide_no_bit() -> None:
    look = Look.of(Conditions.preset("autumn", "rain"), 7)
    cars = Cars.of([place(130, 0.0)])
    one, two = (SceneCamera(COUNTRY, 200, 90, 80.0, **PRODUCTS, threads=threads) for threads in (1, 2))
    pose = place(100, 3.0, 0.6, 0.2, 0.1)
    first = one.draw(pose, look, cars, 1)
    one.draw(place(300, 40.0, 2.0, 0.8), bare("winter"), Cars.none(), 2)
    for again in (one.draw(pose, look, cars, 1), two.draw(pose, look, cars, 1)):
        for name in PRODUCTS:
            np.testing.assert_array_equal(getattr(again, name), getattr(first, name))
    assert not np.array_equal(one.draw(pose, look, cars, 2).rgb, first.rgb)  # type: ignore[arg-type]
    two.close()
    two.close()


def test_a_picture_is_the_same_the_second_time() -> None:
    """Where trees hide the sides of far rows: ground that was not fetched must not be blended into what shows."""
    pose, look = (97.411, 1.625, 1.4, 3.142, 0.1, 0.02), Look.of(Conditions.preset("summer"), 3)
    camera = SceneCamera(read_map("suburb"), 201, 83, 100.0, follow_lanes=True)
    first = camera.draw(pose, look, Cars.none(), 6).rgb
    np.testing.assert_array_equal(camera.draw(pose, look, Cars.none(), 6).rgb, first)


@pytest.mark.parametrize("pose", [(97.411, 1.625, 1.4, 3.142, 0.1, 0.02), (97.411, 1.625, 30.0, 1.0, 0.9, 0.0)])
@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_colours_are_put_where_they_are_sent_from(pose: Pose, there: bool, threads: int) -> None:
    """Along the lane and from above, with a car in sight and without."""
    look = Look.of(Conditions.preset("autumn", "rain"), 3)
    cars = Cars.of([(88.0, 1.625, 0.0, 3.142, 0.0, 0.0)]) if there else Cars.none()
    camera = SceneCamera(read_map("suburb"), 160, 96, 100.0, follow_lanes=True, threads=threads)
    rgb = camera.draw(pose, look, cars, 6).rgb
    bgra = np.zeros((96, 160, 4), np.uint8)
    assert camera.draw(pose, look, cars, 6, bgra=bgra).rgb is None
    np.testing.assert_array_equal(bgra[..., 2::-1], rgb)
    assert (bgra[..., 3] == 255).all()
    camera.close()


def test_colours_go_only_where_they_fit() -> None:
    camera = SceneCamera(COUNTRY, 160, 96, 90.0)
    grey = SceneCamera(COUNTRY, 160, 96, 90.0, rgb=False, depth=True)
    fits = np.zeros((96, 160, 4), np.uint8)
    for wrong in (fits[:, :, :3], fits.astype(np.float32), fits[::-1], fits[1:]):
        with pytest.raises(ArgumentError, match=r"allowed is a contiguous \(96, 160, 4\) of uint8"):
            camera.draw(place(100, 3.0), bare(), Cars.none(), 1, bgra=wrong)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="of a camera that draws colours"):
        grey.draw(place(100, 3.0), bare(), Cars.none(), 1, bgra=fits)


def test_a_pinned_camera_shows_the_simulators_bits() -> None:
    scenario = Scenario(map="country_loop", route_seed=3, seed=5, conditions=Conditions.preset("spring", "dusk"))
    config = CameraConfig()
    simulator = EmbeddedSimulator(1, camera=config, segmentation=True, depth=True)
    shown = simulator.reset([scenario])
    for _ in range(3):
        shown = simulator.step(np.array([[0.05, 0.4]]))
    table = AppearanceTable(1)
    table.assign(0, scenario)
    state = shown.state
    roll = simulator.parameters.roll_rad_per_mps2 * state.speed_mps[0] * state.yaw_rate_radps[0]
    body = (state.x_m[0], state.y_m[0], state.z_m[0], state.heading_rad[0], 0.0, roll)
    camera = SceneCamera(COUNTRY, config.width, config.height, config.fov_deg, **PRODUCTS)
    frames = camera.draw(
        (body[0], body[1], body[2] + config.z_m, body[3], config.pitch_rad, roll),
        Look(table.appearance[0], int(table.art[0]), int(table.scenery_seed[0])),
        Cars.none(),
        int(frame_seeds(table.seed, np.array([3]))[0]),
        pin=Pin(simulator.routes[0], float(state.station_m[0]), body, config),
    )
    np.testing.assert_array_equal(frames.rgb, shown.camera[0])  # type: ignore[index]
    np.testing.assert_array_equal(frames.segmentation, shown.segmentation[0])  # type: ignore[index]
    np.testing.assert_array_equal(frames.depth, shown.depth[0])  # type: ignore[index]


@pytest.mark.parametrize(
    ("width", "height", "fov", "word"), [(0, 10, 90.0, "width"), (10, 9000, 90.0, "height"), (10, 10, 180.0, "fov_deg")]
)
def test_cameras_that_cannot_be_are_refused(width: int, height: int, fov: float, word: str) -> None:
    with pytest.raises(ArgumentError, match=word):
        SceneCamera(COUNTRY, width, height, fov)


def test_poses_that_are_none_are_refused() -> None:
    with pytest.raises(ArgumentError, match="pose"):
        draw((0.0, 0.0, math.nan, 0.0, 0.0, 0.0), bare())


@pytest.mark.parametrize(("size", "fov"), [((1, 1), 90.0), ((7, 13), 5.0), ((33, 9), 170.0)])
def test_small_pictures_and_odd_lenses(size: tuple[int, int], fov: float) -> None:
    camera = SceneCamera(COUNTRY, *size, fov, **PRODUCTS, threads=2)
    frames = camera.draw(place(100, 5.0, 0.5, 0.3, 0.4), bare(), Cars.of([place(110, 0.0)]), 1)
    camera.close()
    assert frames.rgb is not None
    assert frames.depth is not None
    assert frames.rgb.shape == (size[1], size[0], 3)
    assert (frames.depth > 0.0).all()
    assert (frames.depth <= 1000.0).all()


def test_far_from_every_road_there_is_land() -> None:
    frames = draw((9_000.0, -7_000.0, 20.0, 0.0, 0.5, 0.0), bare())
    assert frames.segmentation is not None
    assert (frames.segmentation[60:] == SemanticLabel.TERRAIN).all()


def test_the_edges_of_a_very_wide_picture_are_not_black() -> None:
    for fov_deg, follow_lanes in ((100.0, False), (170.0, False), (170.0, True)):
        camera = SceneCamera(COUNTRY, 160, 96, fov_deg, follow_lanes=follow_lanes)
        rgb = camera.draw(place(200, 1.4), bare(), Cars.none(), 1).rgb
        assert rgb is not None
        top = rgb[4:12].astype(float).mean(axis=(0, 2))
        assert top[:8].mean() > 0.4 * top[70:90].mean()
