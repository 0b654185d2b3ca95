"""Lidar: a rotating column of laser beams, after CARLA's ``sensor.lidar.ray_cast`` and ``ray_cast_semantic``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.rays import GROUND, Hits, cast, spread
from wormdrive.carla_server.measurement.targets import GROUND_TAGS
from wormdrive.carla_server.world.world import World
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Lidar", "LidarScan", "LidarSettings", "SemanticScan"]

MOST_RAYS: Final = 200_000
"""In one scan; more points per second than that give no more."""
TURN: Final = 2.0 * math.pi


@dataclass(frozen=True)
class LidarSettings:
    """Of a lidar; the defaults are CARLA's.

    Attributes
    ----------
    channels:
        Beams one above the other, 1 to 512.
    range_m:
        1 to 500 [m].
    points_per_second, rotation_hz:
        Of all channels together; turns per second.
    upper_rad, lower_rad:
        Elevation of the uppermost and the lowest beam.
    horizontal_rad:
        Sector that is swept ahead of the sensor, clockwise from its left edge and once a turn; 2 pi is all around.
    attenuation_per_m:
        Intensity is exp(- attenuation times distance).
    dropoff_general, dropoff_limit, dropoff_zero:
        Share of points lost anyhow; intensity from which no more are; share that is lost at intensity 0.
    noise_m:
        Standard deviation of the distance [m].
    """

    channels: int = 32
    range_m: float = 10.0
    points_per_second: float = 56_000.0
    rotation_hz: float = 10.0
    upper_rad: float = math.radians(10.0)
    lower_rad: float = math.radians(-30.0)
    horizontal_rad: float = TURN
    attenuation_per_m: float = 0.004
    dropoff_general: float = 0.45
    dropoff_limit: float = 0.8
    dropoff_zero: float = 0.4
    noise_m: float = 0.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("channels", 1, 512),
            ("range_m", 0.1, 500.0),
            ("points_per_second", 1.0, 1e8),
            ("rotation_hz", 0.0, 1e4),
            ("upper_rad", -math.pi, math.pi),
            ("lower_rad", -math.pi, math.pi),
            ("horizontal_rad", 0.0, TURN + 1e-6),
            ("attenuation_per_m", 0.0, 1e3),
            ("dropoff_general", 0.0, 1.0),
            ("dropoff_limit", 0.0, 1e3),
            ("dropoff_zero", 0.0, 1.0),
            ("noise_m", 0.0, 1e3),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ArgumentError(f"{name}={value}: allowed are numbers from {low:g} to {high:g}")


@dataclass(frozen=True, eq=False)
class LidarScan:
    """Points of one step, channel by channel from the uppermost beam.

    Attributes
    ----------
    angle_rad:
        Where the scan ended, clockwise from the sector's left edge, which for a full turn is straight behind.
    counts:
        (channels,) int64 points of each channel.
    points:
        (N, 4) float32: x, y, z in the sensor's axes [m], intensity 0 to 1.
    """

    angle_rad: float
    counts: NDArray[np.int64]
    points: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SemanticScan:
    """As ``LidarScan``, without noise and losses.

    Attributes
    ----------
    points:
        (N, 4) float32: x, y, z in the sensor's axes [m], cosine of the angle of incidence.
    ids:
        (N,) uint32: the vehicle's, kinematic body's or prop's, or 0.
    tags:
        (N,) uint32 class numbers of CARLA's.
    """

    angle_rad: float
    counts: NDArray[np.int64]
    points: NDArray[np.float32]
    ids: NDArray[np.uint32]
    tags: NDArray[np.uint32]


class Lidar:
    """A lidar: knows where its last scan ended.

    Parameters
    ----------
    settings:
        What it is like.
    seed:
        For losses and noise; with the number of the scan it decides every bit of them.
    """

    def __init__(self, settings: LidarSettings, seed: int = 0) -> None:
        self.settings = settings
        self._seed = seed
        self._scans = 0
        self._angle = 0.0

    def scan(self, world: World, pose: Pose, dt_s: float, carrier: int | None = None) -> LidarScan:
        """Sweep on for ``dt_s`` [s] from a pose in the map's axes; the carrier's own box is not seen."""
        settings = self.settings
        random = np.random.default_rng([self._seed, self._scans, 0x6C69_6461])
        azimuth, elevation, per_channel = self._sweep(dt_s)
        local, rays = spread(pose, azimuth, elevation)
        lost = random.random(len(rays)) < settings.dropoff_general
        chance = random.random(len(rays))
        noise = random.standard_normal(len(rays)) * settings.noise_m
        hits = cast(world, pose, np.ascontiguousarray(rays[~lost]), settings.range_m, carrier)
        ray = np.flatnonzero(~lost)[hits.ray]
        intensity = np.exp(-settings.attenuation_per_m * hits.distance_m)
        slope = settings.dropoff_zero / max(settings.dropoff_limit, 1e-9)
        keep = (intensity > settings.dropoff_limit) | (chance[ray] < slope * intensity + (1.0 - settings.dropoff_zero))
        ray, intensity, distance = ray[keep], intensity[keep], hits.distance_m[keep] + noise[ray[keep]]
        points = np.concatenate([local[ray] * distance[:, None], intensity[:, None]], axis=1)
        return LidarScan(self._angle, self._counts(ray, per_channel), points.astype(np.float32))

    def scan_semantic(self, world: World, pose: Pose, dt_s: float, carrier: int | None = None) -> SemanticScan:
        """As ``scan``, saying what each point lies on."""
        azimuth, elevation, per_channel = self._sweep(dt_s)
        local, rays = spread(pose, azimuth, elevation)
        hits = cast(world, pose, rays, self.settings.range_m, carrier)
        points = np.concatenate([local[hits.ray] * hits.distance_m[:, None], hits.cosine[:, None]], axis=1)
        ids, tags = _named(world, pose, rays, hits)
        counts = self._counts(hits.ray, per_channel)
        return SemanticScan(self._angle, counts, points.astype(np.float32), ids, tags)

    def _sweep(self, dt_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
        """Azimuth and elevation of the next rays, channel by channel, and how many rays a channel has."""
        settings = self.settings
        wanted = settings.points_per_second * max(dt_s, 0.0) / settings.channels
        per_channel = int(min(math.floor(wanted + 0.5), MOST_RAYS // settings.channels))
        sector = max(settings.horizontal_rad, 1e-9)
        swept = settings.rotation_hz * max(dt_s, 0.0) * sector
        turned = self._angle + swept * np.arange(per_channel) / max(per_channel, 1)
        clockwise = turned % sector - 0.5 * sector
        self._angle = (self._angle + swept) % sector
        self._scans += 1
        beams = np.linspace(settings.upper_rad, settings.lower_rad, settings.channels)
        return np.tile(-clockwise, settings.channels), np.repeat(beams, per_channel), per_channel

    def _counts(self, ray: NDArray[np.int64], per_channel: int) -> NDArray[np.int64]:
        return np.bincount(ray // max(per_channel, 1), minlength=self.settings.channels).astype(np.int64)


def _named(
    world: World, pose: Pose, rays: NDArray[np.float64], hits: Hits
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Ids and class numbers of what was hit."""
    ids, tags = np.zeros(len(hits.ray), np.uint32), np.zeros(len(hits.ray), np.uint32)
    solid = hits.target > GROUND
    ids[solid] = hits.targets.ids[hits.target[solid]]
    tags[solid] = hits.targets.tags[hits.target[solid]]
    ground = np.flatnonzero(~solid)
    points = np.full((len(ground), 4), np.nan)
    points[:, :3] = np.array(pose.place) + rays[hits.ray[ground]] * hits.distance_m[ground, None]
    tags[ground] = GROUND_TAGS[world.index.locate_points(points).surface]
    return ids, tags
