"""Peers: environments with pictures that people use today, each stepped by one core.

They come with the optional ``bench`` extra; one that is not installed is left out, by name.
"""

from __future__ import annotations

import importlib.util
import time
import warnings
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.bench.stopwatch import Chunk
from wormdrive.envs.common.extras import needs_extra

__all__ = ["CAR_RACING", "ENVPOOL", "HIGHWAY_GREY", "HIGHWAY_RGB", "PEERS", "installed_peers"]

HIGHWAY_GREY: Final = "highway-env lane-keeping-v0, grey 200x80"
HIGHWAY_RGB: Final = "highway-env lane-keeping-v0, RGB 600x250"
CAR_RACING: Final = "Gymnasium CarRacing-v3, RGB 96x96"
ENVPOOL: Final = "EnvPool CarRacing-v3, RGB 96x96"

_STEPS: Final = 20
_BATCH: Final = 64


def installed_peers() -> tuple[dict[str, Chunk], list[str]]:
    """Return what can be measured here, and the names of what cannot."""
    found: dict[str, Chunk] = {}
    missing: list[str] = []
    for name, (package, make) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            missing.append(name)
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # theirs, not ours
                found[name] = make()
        except Exception as problem:  # whatever it is, it is the peer's
            missing.append(f"{name} ({type(problem).__name__}: {str(problem)[:80]})")
    return found, missing


def _highway(colour: bool) -> Chunk:
    with needs_extra("bench"):
        from highway_env.envs.lane_keeping_env import LaneKeepingEnv

    config: dict[str, Any] = {"offscreen_rendering": True}
    if not colour:
        config["observation"] = {
            "type": "GrayscaleObservation",
            "observation_shape": (200, 80),
            "stack_size": 1,
            "weights": [0.2989, 0.5870, 0.1140],
        }
    env = LaneKeepingEnv(config)
    env.render_mode = "rgb_array"  # its constructor has no such argument
    return _stepping(env, np.zeros(1), rendered=colour)


def _car_racing() -> Chunk:
    import gymnasium

    return _stepping(gymnasium.make("CarRacing-v3").unwrapped, np.array([0.0, 0.1, 0.0], np.float32), rendered=False)


def _stepping(env: Any, action: NDArray[Any], *, rendered: bool) -> Chunk:
    """Step an environment whose picture is rendered, or observed."""
    env.reset(seed=0)

    def chunk() -> tuple[int, float]:
        began = time.perf_counter()
        for _ in range(_STEPS):
            seen, _, terminated, truncated, _ = env.step(action)
            picture = env.render() if rendered else seen
            if terminated or truncated:
                env.reset()
        spent = time.perf_counter() - began
        _has_content(picture)
        return _STEPS, spent

    return chunk


def _envpool() -> Chunk:
    with needs_extra("bench"):
        import envpool

    pool = envpool.make_gymnasium("CarRacing-v3", num_envs=_BATCH, num_threads=1, seed=0)
    pool.reset()
    actions = np.tile(np.array([0.0, 0.1, 0.0], np.float32), (_BATCH, 1))

    def chunk() -> tuple[int, float]:
        began = time.perf_counter()
        for _ in range(_STEPS):
            pictures = pool.step(actions)[0]
        spent = time.perf_counter() - began
        _has_content(pictures)
        return _STEPS * _BATCH, spent

    return chunk


def _has_content(picture: Any) -> None:
    """Refuse pictures of one colour: some peers draw nothing, quickly, where there is no display."""
    if np.asarray(picture).std() < 1.0:
        raise RuntimeError("draws blank pictures")


PEERS: Final[dict[str, tuple[str, Callable[[], Chunk]]]] = {
    HIGHWAY_GREY: ("highway_env", lambda: _highway(colour=False)),
    HIGHWAY_RGB: ("highway_env", lambda: _highway(colour=True)),
    CAR_RACING: ("Box2D", _car_racing),
    ENVPOOL: ("envpool", _envpool),
}
"""By name: the package that it needs, and what makes its chunk."""
