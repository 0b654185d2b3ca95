"""Values off the wire: what is allowed, what is cut off, what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.values import (
    Settings,
    read_description,
    read_transform,
    read_vehicle_control,
    read_weather,
    weather_values,
)
from wormdrive.envs.seasons.conditions import Weather


def test_control_is_cut_off_at_its_bounds() -> None:
    control = read_vehicle_control([2.0, -3.0, -1.0, False, True, False, 99])
    assert control == (1.0, -1.0, 0.0, False, True, False, 10)
    assert read_vehicle_control([0.5, 0, 0]).gear == 0


@pytest.mark.parametrize(
    "bad", [[], None, "abc", [math.nan, 0, 0], [math.inf, 0, 0], ["1", 0, 0], [True, 0, 0], 10**400]
)
def test_control_that_is_none_is_refused(bad: Any) -> None:
    with pytest.raises(RequestError):
        read_vehicle_control(bad)


@pytest.mark.parametrize(
    "bad", [[[0, 0], [0, 0, 0]], [[0, 0, math.nan], [0, 0, 0]], [[0, 0, 0]], {"a": 1}, [b"abc", "abc"]]
)
def test_transforms_that_are_none_are_refused(bad: Any) -> None:
    with pytest.raises(RequestError):
        read_transform(bad)


@pytest.mark.parametrize(
    ("read", "values", "message"),
    [
        (read_transform, [[math.nan, 0, 0], [0, 0, 0]], r"location\.x=nan: allowed is a finite number"),
        (read_transform, [[0, 0, 0], [0, -math.inf, 0]], r"rotation\.yaw=-inf: allowed"),
        (read_vehicle_control, [0, math.nan, 0], "steer=nan: allowed"),
        (Settings().updated, [True, False, [True, math.nan]], "fixed_delta_seconds=nan: allowed"),
        (Settings().updated, [True, False, [True, -1.0]], "fixed_delta_seconds=-1: allowed"),
        (lambda values: read_weather(values, Weather()), [math.nan], "cloudiness=nan: allowed"),
    ],
)
def test_refusals_name_the_field_and_the_value(read: Callable[[Any], Any], values: Any, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        read(values)


def test_settings_come_back_and_keep_what_is_left_out() -> None:
    settings = Settings(synchronous_mode=True, fixed_delta_seconds=0.05)
    assert Settings().updated(settings.packed()) == settings
    assert settings.updated([False]) == Settings(fixed_delta_seconds=0.05)
    assert settings.updated([True, False, [False]]).fixed_delta_seconds is None
    assert len(settings.packed()) == 11
    with pytest.raises(RequestError, match="fixed_delta_seconds"):
        settings.updated([True, False, [True, 60.0]])


def test_weather_has_the_client_s_order_and_our_bounds() -> None:
    weather = Weather(cloudiness=80.0, sun_altitude_angle=-20.0, dust_storm=3.0)
    values = weather_values(weather)
    assert len(values) == 14
    assert read_weather(values, Weather()) == weather
    extreme = read_weather([1e9] * 14, Weather())
    assert (extreme.cloudiness, extreme.sun_altitude_angle, extreme.fog_density) == (100.0, 90.0, 100.0)
    assert read_weather([0, 0, 0, 0, -90.0], Weather()).sun_azimuth_angle == 270.0


def test_descriptions_come_in_any_order() -> None:
    wanted = read_description([3, "sensor.camera.rgb", [["fov", 3, "90"], ["image_size_x", 2, "64"]]])
    assert wanted == ("sensor.camera.rgb", {"fov": "90", "image_size_x": "64"})
    with pytest.raises(RequestError):
        read_description([3, "x" * 1000, []])
