"""The picture of a convoy in docs/convoy.md: `.venv/bin/python docs/convoy.py` writes docs/convoy.jpg.

The expert drives: what the three followers see while the first car brakes, and all from above, in summer and winter.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from wormdrive.agents.convoy_expert import ConvoyExpert
from wormdrive.convoy.config import CAMERA
from wormdrive.envs.convoy.picture import convoy_picture
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import ConvoySimulator
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario

ACTIONS = 88


def picture(season: str) -> np.ndarray:
    """Drive a convoy for some seconds and draw it."""
    road = Scenario(
        conditions=Conditions.preset(season, "day"),
        route_seed=3,
        seed=1_000_003,
        route_length_m=route_length_m(20.0, 4),
        time_limit_s=20.0,
    )
    simulator = ConvoySimulator(1, camera=None)
    expert = ConvoyExpert(simulator)
    shown = simulator.reset([ConvoyScenario(road=road, profile="braking")])
    for _ in range(ACTIONS):
        shown = simulator.step(expert.act(shown))
    return convoy_picture(simulator, shown, CAMERA, title=season)


if __name__ == "__main__":
    both = np.concatenate([picture("summer"), picture("winter")], axis=0)
    cv2.imwrite(str(Path(__file__).with_suffix(".jpg")), both[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
