"""How many pictures of a wood a second the flying camera draws, and how many complete steps of flights there are."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.targets import TARGETS
from wormdrive.envs.find_target.vector_environment import FindTargetVectorEnv
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.envs.rendering.scene import Cars, Look, SceneCamera
from wormdrive.envs.roads import read_map
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions

__all__ = ["BARS", "bench_find_target"]

BATCH: Final = 64
SITES: Final = 4
BARS: Final = {"frames_per_second_per_core": 1000.0}
"""What is wanted at least."""
_ONE, _TWO, _STEPS = "camera 144x96, 1 thread", "camera 144x96, 2 threads", "complete steps"
_GENERAL: Final = "general camera of the scene, same size"


def bench_find_target(
    *, seconds: float = 1.0, rounds: int = 5, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Draw 64 flights at four sites, in all seasons and weathers, RGB 144x96.

    Returns
    -------
    dict
        ``frames_per_second_per_core``; ``steps_per_second_per_core`` of 64 environments, resets included;
        ``two_threads``, the rate of two threads by that of one; ``general_camera``: what the scene's camera draws.
    """
    rates = compare(
        {_ONE: _draws(1), _TWO: _draws(2), _STEPS: _steps(), _GENERAL: _general()},
        seconds=seconds,
        rounds=rounds,
        progress=progress,
    )
    return {
        "frames_per_second_per_core": rates[_ONE],
        "steps_per_second_per_core": rates[_STEPS],
        "two_threads": rates[_TWO] / rates[_ONE],
        "general_camera": rates[_GENERAL],
    }


def sample_flights(count: int) -> list[FlightScenario]:
    """Spread flights over sites, targets, distances, seasons and weathers: the same for the same number."""
    pairs = [(season, weather) for season in SEASONS for weather in WEATHERS]
    names = tuple(TARGETS)
    return [
        FlightScenario(
            site=k % SITES,
            conditions=Conditions.preset(*pairs[k % len(pairs)]),
            seed=k,
            target=names[k % len(names)],
            distance_m=10.0 + 30.0 * k / max(count - 1, 1),
        )
        for k in range(count)
    ]


def _draws(threads: int) -> Chunk:
    camera = WoodCamera(threads=threads)
    worlds = FlightWorlds(BATCH, camera)
    worlds.reset(sample_flights(BATCH))

    def chunk() -> tuple[int, float]:
        began = time.perf_counter()
        worlds.render(camera)
        return BATCH, time.perf_counter() - began

    return chunk


def _steps() -> Chunk:
    envs = FindTargetVectorEnv(BATCH, sites=SITES, season=SEASONS)
    envs.reset(seed=0)
    random = np.random.default_rng(0)

    def chunk() -> tuple[int, float]:
        actions = random.uniform(-1.0, 1.0, (10, BATCH, 4)).astype(np.float32)
        began = time.perf_counter()
        for action in actions:
            envs.step(action)
        return 10 * BATCH, time.perf_counter() - began

    return chunk


def _general() -> Chunk:
    camera = SceneCamera(read_map("country_loop"), 144, 96, 80.0)
    worlds = FlightWorlds(1, WoodCamera())
    worlds.reset([FlightScenario()])
    x, y, z = worlds.flight.position[0]
    look = Look.of(Conditions.preset("summer"))

    def chunk() -> tuple[int, float]:
        began = time.perf_counter()
        for k in range(8):
            camera.draw((x, y, z, 0.8 * k, 0.2, 0.0), look, Cars.none(), k)
        return 8, time.perf_counter() - began

    return chunk
