"""Attributes of sensors: nonsense is refused by name, what CARLA's scripts set is not."""

from __future__ import annotations

import pytest

from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.actors.sensor_settings import check_sensor
from wormdrive.carla_server.common.errors import RequestError

RGB, LIDAR, RADAR = "sensor.camera.rgb", "sensor.lidar.ray_cast", "sensor.other.radar"
GNSS, IMU = "sensor.other.gnss", "sensor.other.imu"


def check(name: str, **attributes: str) -> None:
    blueprint = library()[name]
    check_sensor(blueprint, blueprint.described(attributes))


@pytest.mark.parametrize(
    ("name", "attribute", "value", "allowed"),
    [
        (RGB, "gamma", "0", "numbers from 0.001 to 1000"),
        (RGB, "gamma", "nan", "numbers from 0.001 to 1000"),
        (RGB, "shutter_speed", "-1", "numbers from 0.001 to 1e+09"),
        (RGB, "iso", "0", "numbers from 0.001 to 1e+09"),
        (RGB, "fstop", "0.0", "numbers from 0.001 to 1e+09"),
        (RGB, "fov", "wide", "numbers from 0.01 to 360"),
        (LIDAR, "rotation_frequency", "-10", "numbers from 0 to 10000"),
        (LIDAR, "rotation_frequency", "inf", "numbers from 0 to 10000"),
        (LIDAR, "horizontal_fov", "0", "numbers from 0.001 to 360"),
        (LIDAR, "horizontal_fov", "361", "numbers from 0.001 to 360"),
        (LIDAR, "upper_fov", "200", "numbers from -180 to 180"),
        (LIDAR, "lower_fov", "10.5", "numbers up to upper_fov, which is 10"),
        (LIDAR, "dropoff_general_rate", "5", "numbers from 0 to 1"),
        (LIDAR, "dropoff_intensity_limit", "-0.1", "numbers from 0 to 1"),
        (LIDAR, "dropoff_zero_intensity", "1.1", "numbers from 0 to 1"),
        (LIDAR, "atmosphere_attenuation_rate", "-1", "numbers from 0 to 1000"),
        (LIDAR, "noise_stddev", "-1", "numbers from 0 to 1e+09"),
        ("sensor.lidar.ray_cast_semantic", "horizontal_fov", "-5", "numbers from 0.001 to 360"),
        (RADAR, "horizontal_fov", "1000", "numbers from 0.001 to 360"),
        (RADAR, "vertical_fov", "0", "numbers from 0.001 to 360"),
        (GNSS, "noise_lat_stddev", "-1e-6", "numbers from 0 to 1e+09"),
        (IMU, "noise_gyro_stddev_z", "-1", "numbers from 0 to 1e+09"),
    ],
)
def test_nonsense_is_refused_with_sensor_attribute_value_and_what_is_allowed(
    name: str, attribute: str, value: str, allowed: str
) -> None:
    with pytest.raises(RequestError) as refused:
        check(name, **{attribute: value})
    assert str(refused.value) == f"{name}: {attribute}={value!r}: allowed are {allowed}"


def test_a_picture_that_is_too_large_is_refused_with_its_sensor() -> None:
    with pytest.raises(RequestError, match=r"^sensor\.camera\.depth: image_size=7680x4320: allowed are \d+ pixels$"):
        check("sensor.camera.depth", image_size_x="7680", image_size_y="4320")


@pytest.mark.parametrize("name", [name for name in library() if name.startswith("sensor.")])
def test_carla_s_own_defaults_are_accepted(name: str) -> None:
    check(name)


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        (RGB, {"gamma": "1.0", "shutter_speed": "60", "iso": "1200", "exposure_compensation": "-0.5", "fov": "179"}),
        (RGB, {"lens_circle_multiplier": "3.0", "lens_circle_falloff": "3.0", "chromatic_aberration_intensity": "0.5"}),
        (LIDAR, {"rotation_frequency": "0", "points_per_second": "1200000", "channels": "64", "range": "85"}),
        (LIDAR, {"dropoff_general_rate": "0.0", "dropoff_intensity_limit": "1.0", "dropoff_zero_intensity": "0.0"}),
        (LIDAR, {"upper_fov": "-15", "lower_fov": "-15", "channels": "1", "horizontal_fov": "110.0"}),
        (GNSS, {"noise_alt_stddev": "0.000005", "noise_alt_bias": "-1.0"}),
        (IMU, {"noise_accel_stddev_x": "0.001", "noise_gyro_bias_x": "-0.1", "sensor_tick": "0.05"}),
        (RADAR, {"horizontal_fov": "35", "vertical_fov": "20", "points_per_second": "1500"}),
    ],
)
def test_what_scripts_set_is_accepted(name: str, attributes: dict[str, str]) -> None:
    check(name, **attributes)
