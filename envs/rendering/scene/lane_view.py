"""Lane view: the road camera as one way of a scene camera to draw, with the cars as meshes over its picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.raster.frustum_culling import in_frustum
from wormdrive.envs.rendering.scene.raster.mesh_table import Meshes, car_table
from wormdrive.envs.rendering.scene.raster.overlay import overlay_cars
from wormdrive.envs.rendering.scene.scene_model import Cars, Look, Pin, SceneFrames
from wormdrive.envs.seasons.appearance import HEADLIGHTS
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable

__all__ = ["LaneView"]


class LaneView:
    """Draws what a vehicle on its route sees, bit for bit as the simulator draws it, but for other cars.

    Parameters
    ----------
    config:
        Size, field of view and mount of the camera.
    rgb, segmentation, depth, instance:
        What to draw.
    threads:
        How many draw at once.
    """

    def __init__(
        self,
        config: CameraConfig,
        *,
        rgb: bool,
        segmentation: bool,
        depth: bool,
        instance: bool,
        meshes: Meshes,
        threads: int = 1,
    ) -> None:
        self.config = config
        self._wants = rgb, segmentation, depth, instance
        self._camera = RoadCamera(config, threads=threads)
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

    def begin(
        self,
        pin: Pin,
        camera: CameraPose,
        look: Look,
        cars: Cars,
        frame: int,
        bgra: NDArray[np.uint8] | None = None,
    ) -> Callable[[], SceneFrames]:
        """Begin one picture; returns what has to be called to complete it, before the next one is begun."""
        if self._roads.routes[0] is not pin.route:
            self._roads.assign({0: pin.route})
        views = self._views
        views.pose[0] = pin.body
        views.station_m[0] = pin.station_m
        views.appearance = look.appearance[None]
        views.art[0], views.scenery_seed[0], views.frame_seed[0] = look.art, look.scenery_seed, frame & 0xFFFFFFFF
        wants_rgb, wants_labels, wants_depth, wants_instance = self._wants
        seen = in_frustum(cars, camera)
        height, width = self.config.height, self.config.width
        rgb = np.empty((1, height, width, 3), np.uint8) if wants_rgb else None
        picture = rgb if bgra is None else bgra[None]
        labels = np.empty((1, height, width), np.uint8) if wants_labels else None
        depth = np.empty((1, height, width), np.float32) if wants_depth or len(seen.pose) else None
        complete = self._camera.begin(self._roads, views, rgb=picture, segmentation=labels, depth=depth)

        def finish() -> SceneFrames:
            complete()
            instance = np.zeros((height, width), np.uint32) if wants_instance else None
            if len(seen.pose) and depth is not None:
                self._lay_over(seen, camera, look, picture, labels, depth, instance)
            return SceneFrames(
                rgb[0] if rgb is not None and bgra is None else None,
                labels[0] if labels is not None else None,
                depth[0] if depth is not None and wants_depth else None,
                instance,
            )

        return finish

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        self._camera.close()

    def _lay_over(
        self,
        cars: Cars,
        camera: CameraPose,
        look: Look,
        rgb: NDArray[np.uint8] | None,
        labels: NDArray[np.uint8] | None,
        depth: NDArray[np.float32],
        instance: NDArray[np.uint32] | None,
    ) -> None:
        shape = depth.shape[1:]
        meshes = self._meshes
        appearance = look.appearance
        overlay_cars(
            car_table(cars, camera), cars.label, cars.actor, meshes.corners, meshes.material, meshes.first,
            camera, appearance, np.float32(appearance[HEADLIGHTS]), depth[0].ravel().copy(), self._owner, self._light,
            rgb is not None,
            np.empty((*shape, 3), np.uint8) if rgb is None else rgb[0],
            np.empty(shape, np.uint8) if labels is None else labels[0], depth[0],
            np.empty(shape, np.uint32) if instance is None else instance,
        )  # fmt: skip
