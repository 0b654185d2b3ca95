"""LaneView: the road camera as one way of a scene camera to draw, with the cars as meshes over its picture."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.camera.camera import RoadCamera
from wormdrive.envs.embedded.camera.views import Views
from wormdrive.envs.embedded.road_table import RoadTable
from wormdrive.envs.embedded.scene.car_table import Meshes, car_table
from wormdrive.envs.embedded.scene.overlay import overlay_cars
from wormdrive.envs.embedded.scene.scene_model import Cars, Look, Pin, SceneFrames
from wormdrive.envs.embedded.scene.sight import Sight
from wormdrive.envs.seasons.appearance import HEADLIGHTS
from wormdrive.envs.simulator import CameraConfig

__all__ = ["LaneView", "in_sight"]

_NEAREST_M: Final = 0.2


class LaneView:
    """Draws what a vehicle on its route sees, bit for bit as the simulator draws it, but for other cars.

    Parameters
    ----------
    config:
        Size, field of view and mount of the camera.
    rgb, segmentation, depth, instance:
        What to draw.
    """

    def __init__(
        self, config: CameraConfig, *, rgb: bool, segmentation: bool, depth: bool, instance: bool, meshes: Meshes
    ) -> None:
        self.config = config
        self._wants = rgb, segmentation, depth, instance
        self._camera = RoadCamera(config)
        self._roads = RoadTable(1)
        self._meshes = meshes
        pixels = config.width * config.height
        self._owner = np.zeros(pixels, np.int32)
        self._light = np.zeros((7, pixels), np.float32)
        self._views = Views(
            slot=np.zeros(1, np.int32),
            pose=np.zeros((1, 6)),
            station_m=np.zeros(1),
            appearance=np.zeros((1, 0), np.float32),
            art=np.zeros(1, np.int32),
            scenery_seed=np.zeros(1, np.uint32),
            frame_seed=np.zeros(1, np.uint32),
            cars=np.zeros((1, 0, 4), np.float32),
            car_count=np.zeros(1, np.int32),
        )

    def draw(self, pin: Pin, sight: Sight, look: Look, cars: Cars, frame: int) -> SceneFrames:
        """Draw one picture."""
        if self._roads.routes[0] is not pin.route:
            self._roads.assign({0: pin.route})
        views = self._views
        views.pose[0] = pin.body
        views.station_m[0] = pin.station_m
        views.appearance = look.appearance[None]
        views.art[0], views.scenery_seed[0], views.frame_seed[0] = look.art, look.scenery_seed, frame & 0xFFFFFFFF
        wants_rgb, wants_labels, wants_depth, wants_instance = self._wants
        seen = in_sight(cars, sight)
        height, width = self.config.height, self.config.width
        rgb = np.empty((1, height, width, 3), np.uint8) if wants_rgb else None
        labels = np.empty((1, height, width), np.uint8) if wants_labels else None
        depth = np.empty((1, height, width), np.float32) if wants_depth or len(seen.pose) else None
        self._camera.render(self._roads, views, rgb=rgb, segmentation=labels, depth=depth)
        instance = np.zeros((height, width), np.uint32) if wants_instance else None
        if len(seen.pose) and depth is not None:
            self._lay_over(seen, sight, look, rgb, labels, depth, instance)
        return SceneFrames(
            rgb[0] if rgb is not None else None,
            labels[0] if labels is not None else None,
            depth[0] if depth is not None and wants_depth else None,
            instance,
        )

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self._camera.close()

    def _lay_over(
        self,
        cars: Cars,
        sight: Sight,
        look: Look,
        rgb: NDArray[np.uint8] | None,
        labels: NDArray[np.uint8] | None,
        depth: NDArray[np.float32],
        instance: NDArray[np.uint32] | None,
    ) -> None:
        shape = depth.shape[1:]
        meshes = self._meshes
        looks = look.appearance
        overlay_cars(
            car_table(cars, sight), cars.label, cars.actor, meshes.corners, meshes.material, meshes.first,
            sight, looks, np.float32(looks[HEADLIGHTS]), depth[0].ravel().copy(), self._owner, self._light,
            rgb is not None,
            np.empty((*shape, 3), np.uint8) if rgb is None else rgb[0],
            np.empty(shape, np.uint8) if labels is None else labels[0], depth[0],
            np.empty(shape, np.uint32) if instance is None else instance,
        )  # fmt: skip


def in_sight(cars: Cars, sight: Sight) -> Cars:
    """Those vehicles that may show in the picture."""
    if not len(cars.pose):
        return cars
    away = cars.pose[:, :3] - np.array([sight.x, sight.y, sight.z])
    depth = away @ np.array([sight.forward_x, sight.forward_y, sight.forward_z])
    right = away @ np.array([sight.right_x, sight.right_y, sight.right_z])
    radius = 0.6 * np.linalg.norm(cars.size, axis=1) + 1.0
    reach = sight.centre_u / sight.focal
    seen = (depth > _NEAREST_M - radius) & (np.abs(right) < reach * np.maximum(depth, 0.0) + radius * (1.0 + reach))
    near = np.flatnonzero(seen & (np.abs(depth) < radius) & (np.abs(right) < radius))
    for k in near.tolist():  # the one that holds the camera hides itself: most often there is no other
        seen[k] = not _holds(cars, k, away[k])
    if seen.all():
        return cars
    return Cars(
        *(getattr(cars, name)[seen] for name in ("pose", "size", "colour", "label", "actor", "brakes", "shape"))
    )


def _holds(cars: Cars, k: int, away: NDArray[np.float64]) -> bool:
    """Whether the camera is in a vehicle's box, whose reference point is ``away`` from it; see ``car_table``."""
    heading, pitch, roll = cars.pose[k, 3:].tolist()
    x, y, z = (-part for part in away.tolist())
    sin_h, cos_h = math.sin(heading), math.cos(heading)
    sin_p, cos_p, sin_r, cos_r = math.sin(pitch), math.cos(pitch), math.sin(roll), math.cos(roll)
    along = cos_p * (x * cos_h + y * sin_h) - sin_p * z
    level_left = y * cos_h - x * sin_h
    level_up = sin_p * (x * cos_h + y * sin_h) + cos_p * z
    left = cos_r * level_left + sin_r * level_up
    up = cos_r * level_up - sin_r * level_left
    length, width, height = cars.size[k].tolist()
    return bool(abs(along) <= 0.5 * length and abs(left) <= 0.5 * width and 0.0 <= up <= height)
