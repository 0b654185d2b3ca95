"""Radar: rays in a cone that give distance and its rate, after CARLA's ``sensor.other.radar``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.rays import GROUND, cast, spread
from wormdrive.carla_server.world.world import World
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Radar", "RadarSettings"]

MOST_RAYS: Final = 50_000
"""In one step."""


@dataclass(frozen=True)
class RadarSettings:
    """Of a radar; the defaults are CARLA's: full angles of the cone [rad], range [m], rays per second."""

    horizontal_rad: float = math.radians(30.0)
    vertical_rad: float = math.radians(30.0)
    range_m: float = 100.0
    points_per_second: float = 1_500.0

    def __post_init__(self) -> None:
        for name, low, high in (
            ("horizontal_rad", 0.0, math.pi),
            ("vertical_rad", 0.0, math.pi),
            ("range_m", 0.1, 500.0),
            ("points_per_second", 0.0, 1e7),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ArgumentError(f"{name}={value}: allowed are numbers from {low:g} to {high:g}")


class Radar:
    """A radar; the seed and the number of the measurement decide where its rays go."""

    def __init__(self, settings: RadarSettings, seed: int = 0) -> None:
        self.settings = settings
        self._seed = seed
        self._count = 0

    def measure(self, world: World, pose: Pose, dt_s: float, carrier: int | None = None) -> NDArray[np.float32]:
        """Return detections (N, 4): rate of the distance [m/s], azimuth (left), elevation (up) [rad], distance [m].

        The rate is negative where target and sensor come closer. The sensor moves with its carrier.
        """
        settings = self.settings
        random = np.random.default_rng([self._seed, self._count, 0x7261_6461])
        self._count += 1
        rays = int(min(math.floor(settings.points_per_second * max(dt_s, 0.0) + 0.5), MOST_RAYS))
        radius, angle = random.random(rays), random.random(rays) * 2.0 * math.pi
        azimuth = 0.5 * settings.horizontal_rad * radius * np.cos(angle)
        elevation = 0.5 * settings.vertical_rad * radius * np.sin(angle)
        _, directions = spread(pose, azimuth, elevation)
        hits = cast(world, pose, directions, settings.range_m, carrier)
        own = np.zeros(3)
        if carrier is not None and world.has(carrier):
            own = world.state().velocity_mps[world.row(carrier)]
        moving = np.zeros((len(hits.ray), 3))
        solid = hits.target > GROUND
        moving[solid] = hits.targets.velocity_mps[hits.target[solid]]
        rate = ((moving - own) * directions[hits.ray]).sum(axis=1)
        found = np.stack([rate, azimuth[hits.ray], elevation[hits.ray], hits.distance_m], axis=1)
        return found.astype(np.float32)
