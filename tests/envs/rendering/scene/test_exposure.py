"""How free cameras see the night, and that it is none of the road camera's pictures."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.rendering.scene import Cars, Look, Pin, SceneCamera
from wormdrive.envs.rendering.scene.exposure import exposed
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.seasons.appearance import AMBIENT, EXPOSURE
from wormdrive.envs.seasons.conditions import Conditions, Lens, Weather
from wormdrive.envs.simulation.camera_config import CameraConfig


def look_at(sun_altitude_angle: float, rain: float = 0.0, headlights: float = 0.0) -> Look:
    weather = Weather(sun_altitude_angle=sun_altitude_angle, cloudiness=rain, precipitation=rain, fog_density=rain)
    season = Conditions.preset("summer").season
    return Look.of(Conditions(season=season, weather=weather, lens=Lens(headlights=headlights)))


def test_a_camera_opens_up_at_dusk_and_not_before() -> None:
    day = look_at(30.0)
    assert exposed(day) is day
    gains = [
        exposed(look).appearance[EXPOSURE] / look.appearance[EXPOSURE]
        for look in (look_at(altitude) for altitude in (20.0, 6.0, 2.0, -4.0, -12.0, -40.0))
    ]
    assert gains[0] == 1.0
    assert gains == sorted(gains)
    assert np.all(np.diff(np.log(gains)) < 1.3)
    assert 4.0 < gains[-1] <= 8.0


@pytest.mark.parametrize("follow_lanes", [False, True])
def test_a_rainy_night_is_dark_and_not_black(follow_lanes: bool) -> None:
    road_map = read_map("suburb")
    route = follow_route(road_map, 3, 300.0)
    pose = (route.x[200], route.y[200], route.z[200] + 1.4, route.heading_rad[200], 0.1, 0.0)
    camera = SceneCamera(road_map, 160, 96, 90.0, follow_lanes=follow_lanes)
    means = [camera.draw(pose, look, Cars.none(), 1).rgb.mean() for look in (look_at(-90.0, 100.0), look_at(40.0))]  # type: ignore[union-attr]
    assert 22.0 < means[0] < 0.5 * means[1]


def test_what_a_route_or_headlights_show_stays() -> None:
    road_map = read_map("suburb")
    route = follow_route(road_map, 3, 300.0)
    body = (float(route.x[200]), float(route.y[200]), float(route.z[200]), float(route.heading_rad[200]), 0.0, 0.0)
    pose = (*body[:2], body[2] + 1.4, body[3], 0.1, 0.0)
    pin = Pin(route, 100.0, body, CameraConfig(160, 96, 90.0, 0.0, 0.0, 1.4, 0.1))
    camera = SceneCamera(road_map, 160, 96, 90.0)
    dark = look_at(-90.0)
    assert dark.appearance[AMBIENT + 1] < 0.02
    carried = camera.draw(pose, dark, Cars.none(), 1, pin=pin).rgb
    free = camera.draw(pose, dark, Cars.none(), 1).rgb
    assert carried is not None
    assert free is not None
    assert free.mean() > 2.0 * carried.mean()
    lit = look_at(-90.0, headlights=1.0)
    before = lit.appearance.copy()
    assert camera.draw(pose, lit, Cars.none(), 1).rgb.mean() < free.mean()  # type: ignore[union-attr]
    np.testing.assert_array_equal(lit.appearance, before)
