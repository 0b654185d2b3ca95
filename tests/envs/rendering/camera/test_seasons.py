"""Seasons and weathers as the road camera's pictures show them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.support.pictures import CameraView, Picture, draw
from tests.support.routes import synthetic_route
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.semantic_labels import SemanticLabel


@cache
def pictures() -> dict[tuple[str, str], Picture]:
    pairs = [(season, weather) for season in SEASONS for weather in WEATHERS]
    route = synthetic_route(1)
    camera_views = [CameraView(route, 80.0, conditions=Conditions.preset(*pair), bare=False) for pair in pairs]
    return dict(zip(pairs, draw(RoadCamera(CameraConfig()), camera_views), strict=True))


def ground(picture: Picture) -> float:
    """Mean brightness of near terrain."""
    near = np.isin(picture.segmentation, (SemanticLabel.TERRAIN, SemanticLabel.GROUND)) & (picture.depth < 30.0)
    return float(picture.brightness[near].mean())


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("weather", WEATHERS)
def test_every_look_shows_something(season: str, weather: str) -> None:
    picture = pictures()[season, weather]
    assert picture.brightness.std() > (3.0 if weather == "night" else 8.0)
    assert len(np.unique(picture.rgb)) > 40
    assert 4.0 < picture.brightness.mean() < 235.0
    assert np.isfinite(picture.depth).all()
    assert picture.depth.min() > 0.0
    assert (picture.rgb == 255).mean() < 0.2


def test_looks_differ() -> None:
    assert len({picture.rgb.tobytes() for picture in pictures().values()}) == len(SEASONS) * len(WEATHERS)


def test_winter_ground_is_brighter_and_summer_ground_greener() -> None:
    look = pictures()
    assert ground(look["winter", "day"]) > ground(look["summer", "day"]) + 20.0
    terrain = {
        season: look[season, "day"].rgb[look[season, "day"].segmentation == SemanticLabel.TERRAIN].mean(axis=0)
        for season in SEASONS
    }
    assert terrain["summer"][1] > terrain["summer"][[0, 2]].max() + 5.0
    assert np.ptp(terrain["winter"]) < np.ptp(terrain["summer"])
    assert terrain["autumn"][0] > terrain["summer"][0] - terrain["summer"][1] + terrain["autumn"][1]


@pytest.mark.parametrize("season", SEASONS)
def test_night_is_darker_and_fog_takes_far_contrast(season: str) -> None:
    day, night, fog = (pictures()[season, weather] for weather in ("day", "night", "fog"))
    unlit = day.depth > 40.0  # nearer there are our own headlights
    assert night.brightness[unlit].mean() < 0.5 * day.brightness[unlit].mean()
    np.testing.assert_array_equal(day.segmentation, fog.segmentation)
    far = (day.depth > 60.0) & (day.depth < 1000.0)
    assert far.sum() > 100
    assert fog.brightness[far].std() < 0.6 * day.brightness[far].std()
