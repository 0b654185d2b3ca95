"""How fast a policy drives in closed loop, beside the camera alone and the policy alone on the same pictures."""

from __future__ import annotations

import time
from typing import Final

from wormdrive.bench.drawn_views import DrawnViews
from wormdrive.bench.stopwatch import Chunk
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario_routes import forget_routes
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.evaluate import WORLDS, embedded, evaluate
from wormdrive.scenarios.suite import load_suite

__all__ = ["driving_chunks"]

_EPISODES: Final = 6
_LENGTH_M: Final = 40.0
_NOTED: Final = 40
"""One batch of so many is drawn again alone."""


def driving_chunks() -> dict[str, Chunk]:
    """Drive the shipped policy ``ncp`` on the demo's conditions, 64 worlds side by side, in one thread."""
    candidate = load_candidate("ncp")
    policy = candidate.policy
    assert policy is not None  # noqa: S101 - that is what is shipped
    suite = load_suite("demo").narrowed(episodes=_EPISODES, route_length_m=_LENGTH_M)
    views = DrawnViews(CameraConfig())

    def drive() -> tuple[int, float]:
        forget_routes()
        began = time.process_time()
        _, drives = evaluate(candidate, suite, embedded(1), worlds=WORLDS)
        return sum(len(drive.x_m) for held in drives.values() for drive in held), time.process_time() - began

    with views.noted(_NOTED):
        drive()
    pictures = views.draw()

    def camera() -> tuple[int, float]:
        began = time.process_time()
        count = sum(map(len, views.draw()))
        return count, time.process_time() - began

    def act() -> tuple[int, float]:
        began = time.process_time()
        for frames in pictures:
            policy.act(frames, policy.initial_state(len(frames)))
        return sum(map(len, pictures)), time.process_time() - began

    return {"drive": drive, "camera while driving": camera, "act": act}
