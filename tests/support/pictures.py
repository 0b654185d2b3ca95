"""Pictures of roads of exactly known shape, for tests of the camera."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tests.support.routes import synthetic_route
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.appearance import BUSHES, NOISE, POSTS, SHADOW, TREE_DENSITY, TUFTS, appearance
from wormdrive.envs.seasons.conditions import SEASONS, Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable

__all__ = ["Picture", "Sight", "arc", "crest", "draw", "see", "straight", "views_of"]


@dataclass(frozen=True)
class Sight:
    """One world: a road, a place on it [m, rad], and what it looks like; ``cars`` are rows of ``Views.cars``."""

    route: Route
    station_m: float = 50.0
    offset_m: float = 0.0
    heading_error_rad: float = 0.0
    body_pitch_rad: float = 0.0
    body_roll_rad: float = 0.0
    conditions: Conditions = field(default_factory=Conditions)
    bare: bool = True  # nothing beside the road, no noise
    scenery_seed: int = 1
    frame_seed: int = 1
    cars: tuple[tuple[float, float, int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Picture:
    """What one world shows: (H, W, 3) uint8, (H, W) uint8, (H, W) float32 [m]."""

    rgb: NDArray[np.uint8]
    segmentation: NDArray[np.uint8]
    depth: NDArray[np.float32]

    @property
    def brightness(self) -> NDArray[np.float64]:
        """Mean of the three colours (H, W)."""
        return np.asarray(self.rgb.mean(axis=-1), np.float64)


def straight(length_m: float = 400.0) -> Route:
    """Along the x axis; lanes and marks of ``synthetic_route``."""
    flat = synthetic_route(0, length_m=length_m, hills=False)
    s = np.arange(len(flat.x)) * flat.spacing_m
    zero = np.zeros(len(s))
    return replace(flat, x=s, y=zero, z=zero, heading_rad=zero, curvature=zero)


def arc(radius_m: float, length_m: float = 250.0) -> Route:
    """Circle through the origin, positive radius to the left, lanes and marks of ``synthetic_route``."""
    line = straight(length_m)
    turn = line.x / radius_m
    x, y = radius_m * np.sin(turn), radius_m * (1.0 - np.cos(turn))
    return replace(line, x=x, y=y, heading_rad=turn, curvature=np.full(len(x), 1.0 / radius_m))


def crest(top_m: float, slope: float) -> Route:
    """Straight on, rising to a sharp crest at station ``top_m`` and falling behind it."""
    line = straight()
    return replace(line, z=-slope * np.abs(line.x - top_m))


def views_of(sights: Sequence[Sight]) -> tuple[RoadTable, Views]:
    """One slot for each world."""
    count = len(sights)
    roads = RoadTable(count)
    roads.assign(dict(enumerate(sight.route for sight in sights)))
    most = max(1, *(len(sight.cars) for sight in sights)) if sights else 1
    cars = np.zeros((count, most, 4), np.float32)
    for n, sight in enumerate(sights):
        for k, car in enumerate(sight.cars):
            cars[n, k] = car
    return roads, Views(
        slot=np.arange(count, dtype=np.int32),
        pose=np.array([_pose(sight) for sight in sights]),
        station_m=np.array([sight.station_m for sight in sights]),
        appearance=np.stack([_looks(sight) for sight in sights]),
        art=np.array([SEASONS.index(sight.conditions.season.name) for sight in sights], np.int32),
        scenery_seed=np.array([sight.scenery_seed for sight in sights], np.uint32),
        frame_seed=np.array([sight.frame_seed for sight in sights], np.uint32),
        cars=cars,
        car_count=np.array([len(sight.cars) for sight in sights], np.int32),
    )


def draw(camera: RoadCamera, sights: Sequence[Sight]) -> list[Picture]:
    """Draw all worlds in one batch."""
    roads, views = views_of(sights)
    shape = (len(sights), camera.config.height, camera.config.width)
    rgb, labels, depth = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    camera.render(roads, views, rgb=rgb, segmentation=labels, depth=depth)
    return [Picture(rgb[n], labels[n], depth[n]) for n in range(len(sights))]


def see(sight: Sight, config: CameraConfig | None = None) -> Picture:
    """Draw one world."""
    return draw(RoadCamera(config or CameraConfig()), [sight])[0]


def _pose(sight: Sight) -> list[float]:
    route = sight.route
    stations = np.arange(len(route.x)) * route.spacing_m
    x, y, z, heading = (
        float(np.interp(sight.station_m, stations, line)) for line in (route.x, route.y, route.z, route.heading_rad)
    )
    x -= sight.offset_m * math.sin(heading)
    y += sight.offset_m * math.cos(heading)
    return [x, y, z, heading + sight.heading_error_rad, sight.body_pitch_rad, sight.body_roll_rad]


def _looks(sight: Sight) -> NDArray[np.float32]:
    looks = appearance(sight.conditions)
    if sight.bare:
        looks[[TREE_DENSITY, BUSHES, TUFTS, POSTS, NOISE, SHADOW]] = 0.0
    return looks
