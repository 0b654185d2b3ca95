"""Steps with pictures a second under stable-baselines3: one batch beside its ``SubprocVecEnv`` of the same task."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import gymnasium
import numpy as np

from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.common.extras import import_extra
from wormdrive.envs.lane_keeping.sb3 import make_sb3_vec_env

if TYPE_CHECKING:
    from stable_baselines3.common.vec_env import VecEnv
from wormdrive.training.threads import processors

__all__ = ["PROCESSES", "bench_sb3"]

PROCESSES: Final = 8
_WORLDS: Final = 64
_ID: Final = "wormdrive/LaneKeeping-v1"
_OPTIONS: Final[dict[str, Any]] = {
    "action": "curvature",
    "season": ("summer", "autumn", "winter", "spring"),
    "routes": 64,
}
_OURS: Final = "one batch"


def bench_sb3(
    *,
    seconds: float = 1.0,
    rounds: int = 5,
    processes: int = PROCESSES,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Measure complete steps of ``VecEnv``, RGB 200x78, four seasons, resets included, with all processors.

    64 worlds in one batch, which draws with as many threads as there are processors, and ``processes`` worlds of
    ``SubprocVecEnv``, each in a process of its own. The cars follow their lanes; what steers them is not counted.

    Returns
    -------
    dict
        ``frames_per_second``; ``peers`` and ``ratio`` (ours by theirs) by name; ``processors``.

    Raises
    ------
    ArgumentError
        stable-baselines3 is not installed.
    """
    subprocess_env = import_extra("stable_baselines3.common.vec_env", "sb3").SubprocVecEnv
    theirs = f"SubprocVecEnv, {processes} processes"
    envs: dict[str, VecEnv] = {
        _OURS: make_sb3_vec_env(_WORLDS, _ID, threads=processors(), **_OPTIONS),
        theirs: subprocess_env([functools.partial(_single, _ID)] * processes),
    }
    try:
        chunks = {name: _steps(env, 4 if name == _OURS else 32) for name, env in envs.items()}
        rates = compare(chunks, seconds=seconds, rounds=rounds, progress=progress)
    finally:
        for env in envs.values():
            env.close()
    return {
        "frames_per_second": rates[_OURS],
        "peers": {theirs: rates[theirs]},
        "ratio": {theirs: rates[_OURS] / rates[theirs]},
        "processors": processors(),
    }


def _single(env_id: str) -> gymnasium.Env[Any, Any]:
    return gymnasium.make(env_id, **_OPTIONS)


def _steps(env: VecEnv, steps: int) -> Chunk:
    env.seed(0)
    env.reset()
    infos = env.unwrapped.reset_infos

    def chunk() -> tuple[int, float]:
        nonlocal infos
        spent = 0.0
        for _ in range(steps):
            action = np.array([[_follow(info)] for info in infos], np.float32)
            began = time.perf_counter()
            _, _, _, infos = env.step(action)
            spent += time.perf_counter() - began
        return steps * env.num_envs, spent

    return chunk


def _follow(info: dict[str, Any]) -> float:
    """Return the curvature that keeps a car in its lane [1/m]."""
    if "terminal_observation" in info:  # a new episode: nothing is known of it yet
        return 0.0
    return float(info["curvature"] - 0.02 * info["lateral_offset"] - 0.2 * info["heading_error"])
