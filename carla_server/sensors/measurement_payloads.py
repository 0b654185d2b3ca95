"""Measurement payloads: lidar, radar, obstacle detector, GNSS, IMU; what they send, in CARLA's axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from wormdrive.carla_server.actors.actors import Actor, Prop, Vehicle, Walker
from wormdrive.carla_server.actors.sensor_settings import flag, real, whole
from wormdrive.carla_server.common.pose import ORIGIN, Pose
from wormdrive.carla_server.common.tick import Tick
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.measurement import (
    GeoReference,
    Gnss,
    GnssNoise,
    Imu,
    ImuNoise,
    Lidar,
    LidarSettings,
    Radar,
    RadarSettings,
    obstacle,
)
from wormdrive.carla_server.measurement.rays import prepare
from wormdrive.carla_server.protocol.axes import mirrored
from wormdrive.carla_server.protocol.enums import SensorType
from wormdrive.carla_server.protocol.payloads import lidar_body, packed_body, radar_body
from wormdrive.carla_server.sensors.collision_sensor import static_object

__all__ = ["MEASURING", "Measure", "new_measure"]

Measure = Callable[[Tick], "bytes | None"]
"""Returns the body of a tick's payload, or None where the sensor has nothing to say."""

MEASURING: Final[Mapping[str, SensorType]] = MappingProxyType(
    {
        "sensor.lidar.ray_cast": SensorType.LIDAR,
        "sensor.lidar.ray_cast_semantic": SensorType.SEMANTIC_LIDAR,
        "sensor.other.radar": SensorType.RADAR,
        "sensor.other.obstacle": SensorType.OBSTACLE,
        "sensor.other.gnss": SensorType.GNSS,
        "sensor.other.imu": SensorType.IMU,
    }
)
_RAYS: Final = (SensorType.LIDAR, SensorType.SEMANTIC_LIDAR, SensorType.RADAR, SensorType.OBSTACLE)
_GRAVITY: Final = 9.81
_SEMANTIC_POINT: Final = np.dtype(
    [("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("cosine", "<f4"), ("actor", "<u4"), ("tag", "<u4")]
)


def new_measure(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    """Make the sensor's measurement, which may remember where it left off.

    What rays meet around the sensor is made ready: the first measurement takes no longer than the others.
    """
    own = whole(sensor.attributes, "noise_seed") if "noise_seed" in sensor.attributes else 0
    kind = MEASURING[sensor.type_id]
    measure = _MAKERS[kind](sensor, episode, abs(seed + own))
    if kind in _RAYS:
        prepare(episode.world, sensor.pose)
    return measure


def _elapsed(sensor: Actor, tick: Tick) -> float:
    return max(real(sensor.attributes, "sensor_tick"), tick.delta_s)


def _carrier(sensor: Actor) -> int | None:
    return sensor.parent.body if isinstance(sensor.parent, Vehicle) else None


def _bearer(sensor: Actor) -> int | None:
    """Body that rays pass, which would begin inside it."""
    return sensor.parent.body if isinstance(sensor.parent, (Vehicle, Walker, Prop)) else None


def _lidar_settings(values: Mapping[str, str]) -> LidarSettings:
    more: dict[str, float] = {}
    if "dropoff_general_rate" in values:  # semantic lidars know no losses
        more = {
            "attenuation_per_m": max(real(values, "atmosphere_attenuation_rate"), 0.0),
            "dropoff_general": min(max(real(values, "dropoff_general_rate"), 0.0), 1.0),
            "dropoff_limit": max(real(values, "dropoff_intensity_limit"), 0.0),
            "dropoff_zero": min(max(real(values, "dropoff_zero_intensity"), 0.0), 1.0),
            "noise_m": max(real(values, "noise_stddev"), 0.0),
        }
    return LidarSettings(
        channels=whole(values, "channels"),
        range_m=min(max(real(values, "range"), 0.1), 500.0),
        points_per_second=max(real(values, "points_per_second"), 1.0),
        rotation_hz=real(values, "rotation_frequency"),
        upper_rad=math.radians(real(values, "upper_fov")),
        lower_rad=math.radians(real(values, "lower_fov")),
        horizontal_rad=math.radians(min(max(real(values, "horizontal_fov"), 0.0), 360.0)),
        **more,
    )


def _lidar(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    lidar = Lidar(_lidar_settings(sensor.attributes), seed)

    def measure(tick: Tick) -> bytes:
        scan = lidar.scan(episode.world, sensor.pose, _elapsed(sensor, tick), _bearer(sensor))
        points = scan.points * np.array([1.0, -1.0, 1.0, 1.0], np.float32)
        return lidar_body(scan.angle_rad, scan.counts.tolist(), points)

    return measure


def _semantic_lidar(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    lidar = Lidar(_lidar_settings(sensor.attributes), seed)

    def measure(tick: Tick) -> bytes:
        scan = lidar.scan_semantic(episode.world, sensor.pose, _elapsed(sensor, tick), _bearer(sensor))
        points = np.zeros(len(scan.points), _SEMANTIC_POINT)
        points["x"], points["y"], points["z"], points["cosine"] = scan.points.T
        points["y"] *= -1.0
        points["tag"] = scan.tags
        bodies, inverse = np.unique(scan.ids, return_inverse=True)
        found = (episode.actors.of_body(body) for body in bodies.tolist())
        points["actor"] = np.array([0 if actor is None else actor.id for actor in found], np.uint32)[inverse]
        return lidar_body(scan.angle_rad, scan.counts.tolist(), points)

    return measure


def _radar(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    values = sensor.attributes
    radar = Radar(
        RadarSettings(
            math.radians(min(max(real(values, "horizontal_fov"), 0.0), 180.0)),
            math.radians(min(max(real(values, "vertical_fov"), 0.0), 180.0)),
            min(max(real(values, "range"), 0.1), 500.0),
            min(real(values, "points_per_second"), 1e7),
        ),
        seed,
    )

    def measure(tick: Tick) -> bytes:
        elapsed = _elapsed(sensor, tick)
        found = radar.measure(episode.world, sensor.pose, elapsed, _bearer(sensor))
        return radar_body(found * np.array([1.0, -1.0, 1.0, 1.0], np.float32))

    return measure


def _obstacle(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    values = sensor.attributes
    distance, radius = min(real(values, "distance"), 500.0), min(real(values, "hit_radius"), 100.0)
    only_vehicles = flag(values, "only_dynamics")

    def measure(tick: Tick) -> bytes | None:
        met = obstacle(episode.world, sensor.pose, distance, radius, only_vehicles, _bearer(sensor))
        if met is None:
            return None
        other = None if met.other is None else episode.actors.of_body(met.other)
        bearer = (sensor.parent or sensor).record(tick.stream_port)
        named = static_object(met.tag) if other is None else other.record(tick.stream_port)
        return packed_body(bearer, named, met.distance_m)

    return measure


def _gnss(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    names = ("lat", "lon", "alt")
    bias, deviation = (
        tuple(real(sensor.attributes, f"noise_{name}_{kind}") for name in names) for kind in ("bias", "stddev")
    )
    noise = GnssNoise((bias[0], bias[1], bias[2]), (deviation[0], deviation[1], deviation[2]))
    gnss = Gnss(GeoReference.of(episode.road_map.geo_reference), noise, seed)

    def measure(tick: Tick) -> bytes:
        x, y, z = sensor.pose.place
        found = gnss.measure(x, -y, z)  # CARLA's latitude grows with its own y, here and in the client's projection
        return packed_body(found.latitude_deg, found.longitude_deg, found.altitude_m)

    return measure


def _imu(sensor: Actor, episode: CarlaEpisode, seed: int) -> Measure:
    def along(name: str) -> tuple[float, float, float]:
        x, y, z = (real(sensor.attributes, f"noise_{name}_{axis}") for axis in "xyz")
        return x, y, z

    bias = along("gyro_bias")
    imu = Imu(ImuNoise(along("accel_stddev"), along("gyro_stddev"), (-bias[0], bias[1], -bias[2])), seed)

    def measure(tick: Tick) -> bytes:
        carrier = _carrier(sensor)
        mount = sensor.mount if carrier is not None else sensor.pose
        felt = imu.measure(episode.world, carrier, mount)
        more = _into(sensor.pose, tick.gravity_mps2 - _GRAVITY)
        x, y, z = (a + b for a, b in zip(felt.accelerometer_mps2, more, strict=True))
        roll, pitch, yaw = felt.gyroscope_radps
        return packed_body(mirrored((x, y, z)), (-roll, pitch, -yaw), felt.compass_rad)

    return measure


def _into(pose: Pose, up: float) -> tuple[float, float, float]:
    return ORIGIN.place if up == 0.0 else pose.into((0.0, 0.0, up))


_MAKERS: Final[Mapping[SensorType, Callable[[Actor, CarlaEpisode, int], Measure]]] = MappingProxyType(
    {
        SensorType.LIDAR: _lidar,
        SensorType.SEMANTIC_LIDAR: _semantic_lidar,
        SensorType.RADAR: _radar,
        SensorType.OBSTACLE: _obstacle,
        SensorType.GNSS: _gnss,
        SensorType.IMU: _imu,
    }
)
