"""Scene builder: what the window shows of a session."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.viewer.scene import ENDINGS, Scene
from wormdrive.scenarios.cockpit.session import Session

__all__ = ["build_scene", "weather_of"]


def build_scene(session: Session, camera: CameraConfig, *, sight: bool, lit: frozenset[str], rate: float) -> Scene:
    """Build the scene of a session now, the road through ``camera``; with ``sight`` also where the policy looks."""
    seen = None if session.observation.camera is None else session.observation.camera[0]
    monitor, steering = session.monitor, session.steering
    authority = 0.0 if steering is None else steering.authority
    return Scene(
        roads=(_road(session, camera),),
        history=session.history,
        cursor=max(len(session.history) - 1, 0),
        seen=seen,
        blind=monitor is None,
        saliency=monitor.gaze(seen) if sight and monitor is not None and seen is not None else None,
        neural=None if monitor is None else monitor.read(),
        driver=session.name,
        steers="You steer" if authority > 0.5 else f"{session.name} steers",
        **weather_of(session.controls),
        lit=lit,
        authority=authority,
        notice=_notice(session),
        rate=rate,
    )


def weather_of(controls: WeatherControls) -> dict[str, Any]:
    """Return what a scene says of season and weather."""
    return {
        "season": controls.season,
        "weather": controls.words,
        "hour": controls.hour,
        "controls": {"precipitation": controls.precipitation, "fog": controls.fog, "hour": controls.hour},
    }


def _notice(session: Session) -> str:
    """Say how a drive begins, or has ended, and what can be done then."""
    if session.waits:
        return "Arrows, mouse or gamepad:  off you go"
    ending = ENDINGS[session.end_reason]
    if not ending:
        return ""
    return f"{ending}:  R again,  N next" if len(session.candidates) > 1 else f"{ending}:  R again"


def _road(session: Session, camera: CameraConfig) -> NDArray[np.uint8]:
    simulator = session.simulator.unwrapped
    if not isinstance(simulator, EmbeddedSimulator):
        return np.asarray(simulator.render(camera, [0])[0])
    return session.drawn(lambda conditions: simulator.render(camera, [0], conditions=conditions)[0])
