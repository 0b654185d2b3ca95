"""Road camera: pictures of many worlds at once, as the front cameras of cars on their routes see them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.camera.frame import Scratch, draw_worlds, make_scratch
from wormdrive.envs.rendering.camera.lens import FINE_WIDTH, make_lens
from wormdrive.envs.rendering.camera.postprocess import noise_table
from wormdrive.envs.rendering.camera.road_layout.road_buffer import RoadBuffer
from wormdrive.envs.rendering.camera.roll import turned_size
from wormdrive.envs.rendering.camera.sky import choose_sky_level
from wormdrive.envs.rendering.camera.texture_cache import TextureCache
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable

__all__ = ["RoadCamera"]

_BODY_ROLL = 0.25  # rad; a body that leans further is drawn leaning so far


class RoadCamera:
    """A camera on the ego vehicle, drawing batches of worlds on the CPU.

    A world's picture depends on nothing but its own views and road: the same bits alone or in a batch, on one thread or
    several.

    Parameters
    ----------
    config:
        Size, field of view and mount.
    threads:
        Worlds are drawn in this many slices at a time.
    fine:
        Filter sprites too: better in large pictures, slower. By default from a width of 400 on.
    label_step:
        Draw one class for each square of so many pixels a side, that of the pixel at its middle: what a reduced picture
        needs, for a fraction of the time.

    Raises
    ------
    ArgumentError
        If the configuration is out of bounds.
    """

    def __init__(
        self, config: CameraConfig, *, threads: int = 1, fine: bool | None = None, label_step: int = 1
    ) -> None:
        if threads < 1:
            raise ArgumentError(f"threads={threads!r}: allowed are 1 and more")
        if label_step < 1 or config.width % label_step or config.height % label_step:
            sizes = f"{config.width} and {config.height}"
            raise ArgumentError(f"label_step={label_step!r}: allowed are positive divisors of {sizes}")
        self._label_step = label_step
        self.config = config
        self.threads = threads
        self.fine = config.width >= FINE_WIDTH if fine is None else fine
        self._level = make_lens(config, config.width, config.height)
        self._steepest = abs(config.roll_rad) + _BODY_ROLL
        self._wide = make_lens(config, *turned_size(config.width, config.height, self._steepest))
        self._noise = noise_table(config.width)
        self._roads = RoadBuffer()
        self._cars = -1
        self._level_scratch: list[Scratch] = []
        self._wide_scratch: list[Scratch] = []
        self._pool = ThreadPoolExecutor(threads, "camera") if threads > 1 else None
        self._sky_level = choose_sky_level(self._level.focal)

    def render(
        self,
        roads: RoadTable,
        views: Views,
        *,
        rgb: NDArray[np.uint8] | None,
        segmentation: NDArray[np.uint8] | None,
        depth: NDArray[np.float32] | None,
    ) -> None:
        """Draw N worlds into what is given.

        Parameters
        ----------
        roads:
            The worlds' routes.
        views:
            What each world looks like from where.
        rgb:
            (N, H, W, 3) uint8.
        segmentation:
            (N, H / label_step, W / label_step) uint8, CARLA's class numbers; see ``SemanticLabel``.
        depth:
            (N, H, W) float32 [m] along the optical axis; 1000 in the sky.

        Raises
        ------
        ArgumentError
            If an array has the wrong shape or type, or a slot has no route.
        """
        worlds = len(views.slot)
        height, width = self.config.height, self.config.width
        _check("rgb", rgb, (worlds, height, width, 3), np.uint8)
        step = self._label_step
        _check("segmentation", segmentation, (worlds, height // step, width // step), np.uint8)
        _check("depth", depth, (worlds, height, width), np.float32)
        want = (rgb is not None, segmentation is not None, depth is not None)
        if worlds == 0 or not any(want):
            return
        road_arrays = self._roads.follow(roads)
        if len(road_arrays.count) <= views.slot.max() or road_arrays.count[views.slot].min() == 0:
            raise ArgumentError("views.slot: a world's slot has no route in the road table")
        if views.cars.shape[1] > self._cars:
            self._cars = views.cars.shape[1]
            self._level_scratch = [make_scratch(self._level, self._cars) for _ in range(self.threads)]
            self._wide_scratch = [make_scratch(self._wide, self._cars) for _ in range(self.threads)]
        art = TextureCache.holding(views.art)
        view_arrays = (
            views.slot,
            views.pose,
            views.station_m,
            views.appearance,
            views.art,
            views.scenery_seed,
            views.frame_seed,
            views.cars,
            views.car_count,
        )
        rgb = np.empty((1, 1, 1, 3), np.uint8) if rgb is None else rgb
        segmentation = np.empty((1, 1, 1), np.uint8) if segmentation is None else segmentation
        depth = np.empty((1, 1, 1), np.float32) if depth is None else depth

        # worlds of one season after each other, for the sake of the processor's cache
        order = np.argsort(views.art, kind="stable")

        def draw(mine: NDArray[np.int64], thread: int) -> None:
            draw_worlds(
                mine, self._level, self._wide, self._level_scratch[thread], self._wide_scratch[thread], self._steepest,
                road_arrays, art, self._noise, self._sky_level, self.fine, view_arrays, want, step, rgb, segmentation,
                depth,
            )  # fmt: skip

        if self._pool is None or worlds == 1:
            draw(order, 0)
            return
        bounds = [worlds * t // self.threads for t in range(self.threads + 1)]
        slices = [self._pool.submit(draw, order[bounds[t] : bounds[t + 1]], t) for t in range(self.threads)]
        for done in slices:
            done.result()

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        if self._pool is not None:
            self._pool.shutdown()


def _check(name: str, array: NDArray[Any] | None, shape: tuple[int, ...], dtype: type) -> None:
    if array is None:
        return
    if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous:
        raise ArgumentError(
            f"{name}: shape {array.shape} of {array.dtype}: allowed is a contiguous {shape} of {np.dtype(dtype)}"
        )
