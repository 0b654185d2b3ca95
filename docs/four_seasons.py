"""Draw the README's picture: one bend in four seasons. Run it with ``.venv/bin/python docs/four_seasons.py``."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from wormdrive import SEASONS, CameraConfig, Conditions, EmbeddedSimulator, Expert, Scenario

WIDTH, HEIGHT, STEPS = 640, 300, 200
OUT = Path(__file__).with_name("four_seasons.jpg")


def main() -> None:
    """Let the expert drive some seconds in each season and put the last frames side by side."""
    scenarios = [
        Scenario(conditions=Conditions.preset(season, "day"), route_seed=7, seed=5, route_length_m=400.0)
        for season in SEASONS
    ]
    simulator = EmbeddedSimulator(len(scenarios), camera=CameraConfig(width=WIDTH, height=HEIGHT))
    observation = simulator.reset(scenarios)
    expert = Expert(simulator)
    for _ in range(STEPS):
        observation = simulator.step(expert.act(observation))
    frames = observation.camera
    if frames is None:
        raise RuntimeError("the simulator drew nothing")
    sheet = np.concatenate([np.concatenate(list(frames[:2]), axis=1), np.concatenate(list(frames[2:]), axis=1)])
    cv2.imwrite(str(OUT), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
