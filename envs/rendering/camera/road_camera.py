"""Road camera: pictures of many worlds at once, as the front cameras of cars on their routes see them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.rendering.camera.frame import draw_worlds
from wormdrive.envs.rendering.camera.lens import FINE_WIDTH, make_lens
from wormdrive.envs.rendering.camera.postprocess import noise_table
from wormdrive.envs.rendering.camera.road_layout.road_buffer import RoadBuffer
from wormdrive.envs.rendering.camera.roll import LEAST_ROLL, turned_size
from wormdrive.envs.rendering.camera.scratch import Scratch, make_scratch, make_scratch_beside
from wormdrive.envs.rendering.camera.sky import choose_sky_level
from wormdrive.envs.rendering.camera.texture_cache import TextureCache
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable

__all__ = ["RoadCamera"]

_Draw = Callable[[NDArray[np.int64], int, int, int, NDArray[np.int64]], None]

_BODY_ROLL = 0.25  # rad; a body that leans further is drawn leaning so far
_LEAST_ROWS: Final = 20
"""Rows of a band: with fewer, looking for what stands in it would take longer than drawing it."""
_MOST_BANDS: Final = 12
_AWAKE_S: Final = 1e-4
_LONG_S: Final = 1e-3
_CROWDED_S: Final = 0.2
"""Who waits for longer than one of the former waits for a thread that has lost the processor to another process, in the
middle of a band; for the time of the latter, pictures are drawn by one thread then [s]."""


class RoadCamera:
    """A camera on the ego vehicle, drawing batches of worlds on the CPU.

    A world's picture depends on nothing but its own views and road: the same bits alone or in a batch, on one thread or
    several. Threads draw worlds at the same time, or bands of rows where there is but one.

    Parameters
    ----------
    config:
        Size, field of view and mount.
    threads:
        How many draw at a time.
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
        self._crowded_until = 0.0
        self._own: list[tuple[Scratch, Scratch]] = []
        self._shared: list[tuple[Scratch, Scratch]] = []
        self._pool = ThreadPoolExecutor(threads, "camera") if threads > 1 else None
        self._sky_level = choose_sky_level(self._level.focal)

    def __reduce__(self) -> tuple[Callable[..., RoadCamera], tuple[CameraConfig]]:
        """Have a copy make its own threads, tables and work space: nothing else is kept from picture to picture."""
        again = partial(RoadCamera, threads=self.threads, fine=self.fine, label_step=self._label_step)
        return again, (self.config,)

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
            (N, H, W, 3) uint8; or (N, H, W, 4), which is filled with blue, green, red, 255.
        segmentation:
            (N, H / label_step, W / label_step) uint8, CARLA's class numbers; see ``SemanticLabel``.
        depth:
            (N, H, W) float32 [m] along the optical axis; 1000 in the sky.

        Raises
        ------
        ArgumentError
            If an array has the wrong shape or type, or a slot has no route.
        """
        self.begin(roads, views, rgb=rgb, segmentation=segmentation, depth=depth)()

    def begin(
        self,
        roads: RoadTable,
        views: Views,
        *,
        rgb: NDArray[np.uint8] | None,
        segmentation: NDArray[np.uint8] | None,
        depth: NDArray[np.float32] | None,
    ) -> Callable[[], None]:
        """As ``render``, but return what has to be called for the pictures to be complete.

        One world's picture is drawn by the other threads meanwhile; until it is complete, nothing given may change.
        """
        worlds = len(views.slot)
        height, width = self.config.height, self.config.width
        channels = 4 if rgb is not None and rgb.shape[-1:] == (4,) else 3
        step = self._label_step
        _check("rgb", rgb, (worlds, height, width, channels), np.uint8)
        _check("segmentation", segmentation, (worlds, height // step, width // step), np.uint8)
        _check("depth", depth, (worlds, height, width), np.float32)
        want = (rgb is not None, segmentation is not None, depth is not None)
        if worlds == 0 or not any(want):
            return _nothing
        road_arrays = self._roads.follow(roads)
        if len(road_arrays.count) <= views.slot.max() or road_arrays.count[views.slot].min() == 0:
            raise ArgumentError("views.slot: a world's slot has no route in the road table")
        together = worlds == 1 and self.threads > 1
        scratches = self._scratches(views.cars.shape[1], together=together)
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

        def draw(mine: NDArray[np.int64], thread: int, pass_: int, bands: int, turns: NDArray[np.int64]) -> None:
            draw_worlds(
                mine, self._level, self._wide, *scratches[thread], self._steepest, road_arrays, art, self._noise,
                self._sky_level, self.fine, view_arrays, want, step, rgb, segmentation, depth, pass_, bands, turns,
            )  # fmt: skip

        if together:
            return self._begin_together(draw, order, float(views.pose[0, 5]))
        return partial(self._draw_slices, draw, order)

    def _draw_slices(self, draw: _Draw, order: NDArray[np.int64]) -> None:
        """Draw some worlds in each thread."""
        turns = np.zeros(4, np.int64)
        if self._pool is None or len(order) == 1:
            draw(order, 0, -1, 1, turns)
            return
        bounds = [len(order) * t // self.threads for t in range(self.threads + 1)]
        slices = [
            self._pool.submit(draw, order[bounds[t] : bounds[t + 1]], t, -1, 1, turns) for t in range(self.threads)
        ]
        for done in slices:
            done.result()

    def _begin_together(self, draw: _Draw, order: NDArray[np.int64], body_roll: float) -> Callable[[], None]:
        """Draw one world in bands of rows; threads that come late find nothing left to do, and are not waited for."""
        rolled = abs(self._level.roll + body_roll) >= LEAST_ROLL
        bands = min(max(self.config.height // _LEAST_ROWS, 1), _MOST_BANDS)
        turns = np.zeros(4, np.int64)
        if self._pool is None or bands == 1 or time.perf_counter() < self._crowded_until:
            return partial(draw, order, 0, -1, 1, turns)

        def draw_share(thread: int) -> None:
            for pass_ in (0, 1) if rolled else (0,):
                draw(order, thread, pass_, bands, turns)
                self._wait(turns, 2 * pass_ + 1, bands)

        for thread in range(1, self.threads):
            self._pool.submit(draw_share, thread)
        return partial(draw_share, 0)

    def _wait(self, turns: NDArray[np.int64], counter: int, bands: int) -> None:
        """Wait for the bands that other threads are drawing."""
        began = time.perf_counter()
        while turns[counter] < bands:
            waited = time.perf_counter() - began
            time.sleep(0.0 if waited < _AWAKE_S else _AWAKE_S)
            if waited > _LONG_S:
                self._crowded_until = began + _CROWDED_S

    def _scratches(self, cars: int, *, together: bool) -> list[tuple[Scratch, Scratch]]:
        """Work space of each thread for a level and a wide picture; ``together``: of one picture that they share."""
        if cars > self._cars:
            self._cars = cars
            self._own.clear()
            self._shared.clear()
        while len(self._own) < (1 if together else self.threads):
            self._own.append((make_scratch(self._level, self._cars), make_scratch(self._wide, self._cars)))
        if not together:
            return self._own
        if not self._shared:
            level, wide = self._own[0]
            beside = [(make_scratch_beside(level), make_scratch_beside(wide)) for _ in range(1, self.threads)]
            self._shared = [self._own[0], *beside]
        return self._shared

    def close(self) -> None:
        """End the threads; a second call does nothing."""
        if self._pool is not None:
            self._pool.shutdown()


def _nothing() -> None:
    """Nothing is left to be drawn."""


def _check(name: str, array: NDArray[Any] | None, shape: tuple[int, ...], dtype: type) -> None:
    if array is None:
        return
    if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous:
        raise ArgumentError(
            f"{name}: shape {array.shape} of {array.dtype}: allowed is a contiguous {shape} of {np.dtype(dtype)}"
        )
