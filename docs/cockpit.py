"""Draw the README's picture of the cockpit, without a screen. Run it with ``.venv/bin/python docs/cockpit.py``."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import torch

from wormdrive import CameraConfig, Conditions, EmbeddedSimulator, Scenario, load_candidate
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.session import Session

SCENARIO = Scenario(
    map="mountain_pass", conditions=Conditions.preset("autumn"), route_seed=3, seed=3, route_length_m=600.0
)
STEPS, TAKEN_OVER = 470, range(250, 262)
SETTLING = 60
"""Pictures before the one that is kept, in which the network's colours find their scales."""
OUT = Path(__file__).with_name("cockpit.jpg")


def main() -> None:
    """Let the expert drive ahead, then the shipped policy, with a person's hand on the wheel for a moment."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    torch.set_num_threads(1)
    cockpit = Cockpit()
    candidates = [load_candidate("expert"), load_candidate("ncp")]
    session = Session(EmbeddedSimulator(1), SCENARIO, candidates, controls=WeatherControls.preset("autumn"))
    while session.advance(DriverCommand()):
        pass
    session.next()
    live = Live(session, cockpit, scaling=ResolutionScaling(CameraConfig(), fixed=True))
    for step in range(STEPS - SETTLING):
        session.advance(DriverCommand(-1.0, 0.0, on=True, keys=True) if step in TAKEN_OVER else DriverCommand())
    for _ in range(SETTLING):
        live.frame()
    cv2.imwrite(str(OUT), cockpit.picture()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    cockpit.close()


if __name__ == "__main__":
    main()
