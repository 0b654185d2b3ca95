"""How many complete environment steps a second, beside the peers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, cast

import gymnasium
import numpy as np

from wormdrive.agents.expert import Expert
from wormdrive.bench.peers import ENVPOOL, installed_peers
from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.lane_keeping.vector_environment import LaneKeepingVectorEnv

__all__ = ["BARS", "bench_env"]

ENVIRONMENTS: Final = 64
STATE_ENVIRONMENTS: Final = 1024
SEASONS: Final = ("summer", "autumn", "winter", "spring")

BARS: Final = {"ratio": {ENVPOOL: 1.5}, "two_threads": 1.6, "state_steps_per_second_per_core": 1_000_000.0}
"""What is wanted at least."""

_ONE, _TWO, _STATE = "LaneKeeping-v0, 1 thread", "LaneKeeping-v0, 2 threads", "LaneKeeping-v0, state only"


def bench_env(
    *, seconds: float = 1.0, rounds: int = 5, peers: bool = True, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Measure complete steps of ``make_vec``: 64 environments in four seasons, RGB 200x78, resets included.

    The expert drives; its own thinking is not counted, neither is the peers' (they drive straight on).

    Returns
    -------
    dict
        ``frames_per_second_per_core``; ``peers`` and ``ratio`` (ours by theirs) by name; ``two_threads``, the rate of
        two threads by that of one; ``state_steps_per_second_per_core``, without pictures in a batch of 1,024;
        ``not_installed``, the peers left out.
    """
    chunks: dict[str, Chunk] = {
        _ONE: _steps(ENVIRONMENTS, steps=4, threads=1, season=SEASONS),
        _TWO: _steps(ENVIRONMENTS, steps=4, threads=2, season=SEASONS),
        _STATE: _steps(STATE_ENVIRONMENTS, steps=40, threads=1, season=SEASONS, observation="state"),
    }
    theirs, missing = installed_peers() if peers else ({}, [])
    rates = compare({**chunks, **theirs}, seconds=seconds, rounds=rounds, progress=progress)
    return {
        "frames_per_second_per_core": rates[_ONE],
        "peers": {name: rates[name] for name in theirs},
        "ratio": {name: rates[_ONE] / rates[name] for name in theirs},
        "two_threads": rates[_TWO] / rates[_ONE],
        "state_steps_per_second_per_core": rates[_STATE],
        "not_installed": missing,
    }


def _steps(environments: int, *, steps: int, **options: Any) -> Chunk:
    made = gymnasium.make_vec("wormdrive/LaneKeeping-v0", environments, routes=64, seed=0, **options)
    env = cast(LaneKeepingVectorEnv, made.unwrapped)
    env.reset()
    expert = Expert(env.simulator)

    def chunk() -> tuple[int, float]:
        spent = 0.0
        for _ in range(steps):
            action = expert.act(env.simulator.last_observation)[:, :1].astype(np.float32)
            began = time.perf_counter()
            env.step(action)
            spent += time.perf_counter() - began
        return steps * environments, spent

    return chunk
