"""General camera: pictures of any view of a map, one at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.lens import FINE_WIDTH, headlight_beam, stride_of
from wormdrive.envs.rendering.camera.postprocess import noise_table
from wormdrive.envs.rendering.camera.sky import choose_sky_level
from wormdrive.envs.rendering.camera.texture_cache import TextureCache
from wormdrive.envs.rendering.scene.camera_pose import CameraPose
from wormdrive.envs.rendering.scene.general_frame import SceneArrays, develop_frame, draw_band, make_canvas
from wormdrive.envs.rendering.scene.raster.mesh_table import Meshes, car_table
from wormdrive.envs.rendering.scene.scene_model import Cars, Look, SceneFrames
from wormdrive.envs.rendering.scene.terrain.ground import wander_of
from wormdrive.envs.rendering.scene.terrain.ray_march import BLOCK, ground_height
from wormdrive.envs.rendering.scene.terrain.road_strips import StripArrays
from wormdrive.envs.rendering.scene.terrain.terrain_tiles import TerrainTiles
from wormdrive.envs.rendering.scene.terrain.tile_scenery import TileScenery, clear_of_buildings, without
from wormdrive.envs.seasons.appearance import HEADLIGHTS

__all__ = ["GeneralCamera"]

_LEAST_ABOVE_M: Final = 0.08


class GeneralCamera:
    """Draws a map from wherever the camera stands, however it is turned."""

    def __init__(
        self, terrain: TerrainTiles, width: int, height: int, *, colour: bool, labelled: bool, threads: int
    ) -> None:
        self._terrain = terrain
        self._width, self._height = width, height
        self._colour, self._labelled = colour, labelled
        self._things = TileScenery()
        self._canvas = make_canvas(width, height, threads)
        self._meshes = Meshes()
        self._wander: NDArray[np.float32] = np.zeros(0, np.float32)
        self._wander_key = 0, -1
        self._noise = noise_table(max(width, 1))
        self._fine = width >= FINE_WIDTH
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "scene") if threads > 1 else None

    def draw(
        self,
        camera: CameraPose,
        look: Look,
        cars: Cars,
        frame: int,
        *,
        own_beam: bool,
        bgra: NDArray[np.uint8] | None = None,
    ) -> SceneFrames:
        """Draw one picture; ``own_beam``: the headlights are those of the car that carries the camera."""
        terrain = self._terrain.around(camera.x, camera.y)
        strips = self._terrain.strips.arrays
        appearance = np.ascontiguousarray(look.appearance, np.float32)
        ground = float(ground_height(terrain, camera.x, camera.y, camera.z)[0])
        eye_z = max(camera.z, ground + _LEAST_ABOVE_M)
        places, order = self._things.in_sight(terrain, strips, appearance, look.scenery_seed, camera, eye_z - ground)
        order = clear_of_buildings(places, without(places, order, look.left_out), cars)
        art = TextureCache.holding(np.array([look.art], np.int32))
        season = art.place[look.art]
        width, height = self._width, self._height
        tangent = ((np.arange(stride_of(width) + 16) + 0.5 - camera.centre_u) / camera.focal).astype(np.float32)
        beam = headlight_beam(tangent).astype(np.float32) * np.float32(own_beam)
        headlights = np.float32(appearance[HEADLIGHTS] if own_beam else 0.0)
        table = car_table(cars, camera)
        sky_level = choose_sky_level(camera.focal)

        scene = SceneArrays(
            terrain, strips, self._wander_of(strips, look.scenery_seed), camera, eye_z, appearance,
            np.uint32(look.scenery_seed), art, int(season), sky_level, places, order, table, cars.label,
            self._meshes, beam, headlights, self._noise, self._fine,
        )  # fmt: skip

        def band(thread: int, first: int, last: int) -> None:
            draw_band(self._canvas, scene, thread, first, last, width, colour=self._colour, labelled=self._labelled)

        blocks = -(-height // BLOCK)
        bounds = [blocks * t // self._threads * BLOCK for t in range(self._threads)] + [height]
        if self._pool is None:
            band(0, 0, height)
        else:
            for done in [self._pool.submit(band, t, bounds[t], bounds[t + 1]) for t in range(self._threads)]:
                done.result()
        return self._products(appearance, cars, frame, tangent, camera.focal, bgra)

    def _wander_of(self, strips: StripArrays, seed: int) -> NDArray[np.float32]:
        key = len(strips.samples), seed
        if key != self._wander_key:
            self._wander_key = key
            self._wander = np.zeros(len(strips.samples), np.float32)
            wander_of(strips.samples, np.uint32(seed), self._wander)
        return self._wander

    def _products(
        self,
        appearance: NDArray[np.float32],
        cars: Cars,
        frame: int,
        tangent: NDArray[np.float32],
        focal: float,
        bgra: NDArray[np.uint8] | None,
    ) -> SceneFrames:
        width, height = self._width, self._height
        canvas, stride = self._canvas, stride_of(width)
        rgb = segmentation = depth = instance = None
        if self._colour:
            picture = np.empty((height, width, 3), np.uint8) if bgra is None else bgra
            rgb = picture if bgra is None else None
            develop_frame(
                canvas.planes, canvas.pixels[0], width, height, stride, appearance, np.uint32(frame & 0xFFFFFFFF),
                self._noise, tangent, focal, picture.shape[2], picture.reshape(-1),
            )  # fmt: skip
        if self._labelled:
            segmentation = canvas.label[: stride * height].reshape(height, stride)[:, :width].copy()
            depth = canvas.depth[: stride * height].reshape(height, stride)[:, :width].copy()
            owner = canvas.owner[: stride * height].reshape(height, stride)[:, :width]
            actors = np.concatenate([np.zeros(1, np.uint32), cars.actor])
            is_car = np.isin(segmentation, cars.label) if len(cars.label) else np.zeros_like(owner, np.bool_)
            instance = np.where(is_car, actors[owner], np.uint32(0)).astype(np.uint32)
        return SceneFrames(rgb, segmentation, depth, instance)

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        if self._pool is not None:
            self._pool.shutdown()
