"""How many pictures a second the cockpit shows, and what each part of one costs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

import torch

from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.display import simulated_display
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.scene_builder import build_scene
from wormdrive.scenarios.cockpit.session import Session

__all__ = ["WANTED", "bench_cockpit"]

WANTED: Final = 25.0
"""Pictures a second that the cockpit shall show at least."""

_WHOLE: Final = "all of it, road at 800x450"
_ENOUGH: Final = 10


def bench_cockpit(
    *, seconds: float = 1.0, rounds: int = 5, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Drive the shipped policy in the cockpit, with gaze and neurons, as fast as it goes.

    The window is SDL's simulated one, so that neither a screen's rate nor a desktop's load counts.

    Returns
    -------
    dict
        ``frames_per_second``, and ``details``: how often a second each part could be done alone.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as `wormdrive drive` does
    with simulated_display():
        cockpit = Cockpit()
        simulator = EmbeddedSimulator(1)
        session = Session(simulator, Scenario(route_seed=7, seed=5), [load_candidate("ncp")])
        live = Live(session, cockpit, scaling=ResolutionScaling(CameraConfig(), fixed=True))
        try:
            rates = compare(_chunks(live), seconds=seconds, rounds=rounds, progress=progress)
        finally:
            session.close()
            cockpit.close()
            simulator.close()
            torch.set_num_threads(threads)
    whole = rates.pop(_WHOLE)
    return {"frames_per_second": whole, "wanted": WANTED, "details": rates}


def _chunks(live: Live) -> dict[str, Chunk]:
    session, camera = live.session, live.scaling.camera
    small = CameraConfig(width=512, height=288)

    def drive() -> None:
        if not session.advance(DriverCommand()):
            session.restart()

    def whole() -> None:
        if session.end_reason:
            session.restart()
        live.frame()

    def gaze() -> None:
        if session.monitor is not None and session.observation.camera is not None:
            session.monitor.gaze(session.observation.camera[0])

    live.frame()
    scene = build_scene(session, camera, sight=True, lit=frozenset(), rate=30.0)
    return {
        _WHOLE: _timed(whole),
        "a step of policy and world": _timed(drive),
        "the road at 800x450": _timed(lambda: session.simulator.render(camera)),
        "the road at 512x288": _timed(lambda: session.simulator.render(small)),
        "where the policy looks": _timed(gaze),
        "the window's panels": _timed(lambda: live.cockpit.show(scene)),
    }


def _timed(work: Callable[[], object]) -> Chunk:
    def chunk() -> tuple[int, float]:
        began = time.perf_counter()
        for _ in range(_ENOUGH):
            work()
        return _ENOUGH, time.perf_counter() - began

    return chunk
