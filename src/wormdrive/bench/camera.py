"""How many pictures a second the camera draws, beside the peers' environments."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from wormdrive.bench.peers import CAR_RACING, ENVPOOL, HIGHWAY_RGB, installed_peers
from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.rendering.camera.views import Views
from wormdrive.envs.rendering.kernels.compilation import HAS_NOALIAS
from wormdrive.envs.roads import Route, follow_route, read_map
from wormdrive.envs.seasons.appearance import appearance
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.road_table import RoadTable

__all__ = ["BARS", "MAPS", "bench_camera", "sample_views"]

BATCH: Final = 64
MAPS: Final = ("country_loop", "mountain_pass", "suburb", "highway")
"""Fixed, so that numbers stay comparable when maps are added."""
BARS: Final = {"ratio": {HIGHWAY_RGB: 7.0, CAR_RACING: 15.0, ENVPOOL: 1.8}, "two_threads": 1.6}
"""What is wanted at least."""

_ONE, _TWO = "camera 200x78, 1 thread", "camera 200x78, 2 threads"
_LARGER: Final = ((400, 156), (800, 450))


def bench_camera(
    *, seconds: float = 1.0, rounds: int = 5, peers: bool = True, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Draw 64 views, on ``MAPS``, in all seasons and weathers, RGB 200x78.

    Returns
    -------
    dict
        ``frames_per_second_per_core``; ``peers`` and ``ratio`` (ours by theirs) by name; ``two_threads``, the rate of
        two threads by that of one; ``details``: other sizes, one view at a time, and what else can be drawn [1/s];
        ``vectorised``: 1 where numba lets kernels promise that arrays do not overlap; ``not_installed``, the peers left
        out.
    """
    chunks: dict[str, Chunk] = {
        _ONE: _draws(),
        _TWO: _draws(threads=2),
        "one view at a time": _draws(batch=1),
        "RGB, segmentation and depth": _draws(labelled=True),
        "with a leaning body": _draws(roll_rad=0.02),
    }
    for width, height in _LARGER:
        chunks[f"{width}x{height}"] = _draws(width=width, height=height, batch=BATCH // 8)
    theirs, missing = installed_peers() if peers else ({}, [])
    rates = compare({**chunks, **theirs}, seconds=seconds, rounds=rounds, progress=progress)
    return {
        "frames_per_second_per_core": rates[_ONE],
        "peers": {name: rates[name] for name in theirs},
        "ratio": {name: rates[_ONE] / rates[name] for name in theirs},
        "two_threads": rates[_TWO] / rates[_ONE],
        "details": {name: rates[name] for name in chunks if name not in (_ONE, _TWO)},
        "vectorised": float(HAS_NOALIAS),
        "not_installed": missing,
    }


def sample_views(count: int, *, roll_rad: float = 0.0) -> tuple[RoadTable, Views]:
    """Spread views over ``MAPS``, all seasons and weathers: the same for the same arguments."""
    routes = [follow_route(read_map(name), 0, 600.0) for name in MAPS]
    roads = RoadTable(len(routes))
    roads.assign(dict(enumerate(routes)))
    pairs = [(season, weather) for season in SEASONS for weather in WEATHERS]
    appearance_of = {pair: appearance(Conditions.preset(*pair)) for pair in pairs}
    order = np.random.default_rng(1).permutation(count)
    chosen = [pairs[i % len(pairs)] for i in order]
    slot = np.arange(count, dtype=np.int32) % len(routes)
    station = 20.0 + 560.0 * order / count
    pose = np.array([_pose(routes[int(k)], float(s), roll_rad) for k, s in zip(slot, station, strict=True)])
    views = Views(
        slot=slot,
        pose=pose,
        station_m=station,
        appearance=np.stack([appearance_of[pair] for pair in chosen]),
        art=np.array([SEASONS.index(season) for season, _ in chosen], np.int32),
        scenery_seed=np.arange(count, dtype=np.uint32),
        frame_seed=np.arange(count, dtype=np.uint32),
        cars=np.zeros((count, 1, 4), np.float32),
        car_count=np.zeros(count, np.int32),
    )
    return roads, views


def _pose(route: Route, station: float, roll_rad: float) -> list[float]:
    i = int(station / route.spacing_m)
    return [route.x[i], route.y[i], route.z[i], route.heading_rad[i] + 0.01, 0.0, roll_rad]


def _draws(
    *,
    batch: int = BATCH,
    threads: int = 1,
    width: int = 200,
    height: int = 78,
    labelled: bool = False,
    roll_rad: float = 0.0,
) -> Chunk:
    roads, views = sample_views(BATCH, roll_rad=roll_rad)
    camera = RoadCamera(CameraConfig(width=width, height=height), threads=threads)
    rgb = np.empty((batch, height, width, 3), np.uint8)
    segmentation = np.empty((batch, height, width), np.uint8) if labelled else None
    depth = np.empty((batch, height, width), np.float32) if labelled else None
    parts = [Views(**{name: a[i : i + batch] for name, a in vars(views).items()}) for i in range(0, BATCH, batch)]

    def chunk() -> tuple[int, float]:
        began = time.perf_counter()
        for part in parts:
            camera.render(roads, part, rgb=rgb, segmentation=segmentation, depth=depth)
        return BATCH, time.perf_counter() - began

    return chunk
