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

__all__ = ["CameraView", "Picture", "arc", "crest", "draw", "see", "straight", "views_of"]


@dataclass(frozen=True)
class CameraView:
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


def views_of(camera_views: Sequence[CameraView]) -> tuple[RoadTable, Views]:
    """One slot for each world."""
    count = len(camera_views)
    roads = RoadTable(count)
    roads.assign(dict(enumerate(view.route for view in camera_views)))
    most = max(1, *(len(view.cars) for view in camera_views)) if camera_views else 1
    cars = np.zeros((count, most, 4), np.float32)
    for n, view in enumerate(camera_views):
        for k, car in enumerate(view.cars):
            cars[n, k] = car
    return roads, Views(
        slot=np.arange(count, dtype=np.int32),
        pose=np.array([_pose(view) for view in camera_views]),
        station_m=np.array([view.station_m for view in camera_views]),
        appearance=np.stack([_appearance(view) for view in camera_views]),
        art=np.array([SEASONS.index(view.conditions.season.name) for view in camera_views], np.int32),
        scenery_seed=np.array([view.scenery_seed for view in camera_views], np.uint32),
        frame_seed=np.array([view.frame_seed for view in camera_views], np.uint32),
        cars=cars,
        car_count=np.array([len(view.cars) for view in camera_views], np.int32),
    )


def draw(camera: RoadCamera, camera_views: Sequence[CameraView]) -> list[Picture]:
    """Draw all worlds in one batch."""
    roads, views = views_of(camera_views)
    shape = (len(camera_views), camera.config.height, camera.config.width)
    rgb, labels, depth = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    camera.render(roads, views, rgb=rgb, segmentation=labels, depth=depth)
    return [Picture(rgb[n], labels[n], depth[n]) for n in range(len(camera_views))]


def see(view: CameraView, config: CameraConfig | None = None) -> Picture:
    """Draw one world."""
    return draw(RoadCamera(config or CameraConfig()), [view])[0]


def _pose(view: CameraView) -> list[float]:
    route = view.route
    stations = np.arange(len(route.x)) * route.spacing_m
    x, y, z, heading = (
        float(np.interp(view.station_m, stations, line)) for line in (route.x, route.y, route.z, route.heading_rad)
    )
    x -= view.offset_m * math.sin(heading)
    y += view.offset_m * math.cos(heading)
    return [x, y, z, heading + view.heading_error_rad, view.body_pitch_rad, view.body_roll_rad]


def _appearance(view: CameraView) -> NDArray[np.float32]:
    vector = appearance(view.conditions)
    if view.bare:
        vector[[TREE_DENSITY, BUSHES, TUFTS, POSTS, NOISE, SHADOW]] = 0.0
    return vector
