"""Draw the README's picture of the town. Run it with ``.venv/bin/python docs/town.py``."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from wormdrive import Cars, Conditions, Look, SceneCamera, read_map
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.episode import CarlaEpisode
from wormdrive.carla_server.sensors.fixtures import FixtureScenery
from wormdrive.carla_server.world.roadside.surroundings import thinned

WIDTH, HEIGHT = 640, 360
OUT = Path(__file__).with_name("town.jpg")
SNOW = 0.3
VIEWS = (
    # conditions, seconds since the lights began, pose
    (("summer", "day"), 0.0, Pose(116.0, 262.5, 5.0, 0.35, 0.16)),
    (("autumn", "dusk"), 12.0, Pose(96.0, 266.7, 3.2, 0.02, 0.06)),
    (("winter", "day"), 0.0, Pose(90.0, 205.0, 38.0, 0.25 * math.pi, 0.52)),
    (("spring", "night"), 16.0, Pose(288.4, 205.0, 2.6, -0.5 * math.pi, 0.05)),
)
CARS = Cars.of(
    [
        (123.0, 264.0, 0.0, 0.0, 0.0, 0.0), (123.5, 267.3, 0.0, 0.0, 0.0, 0.0), (142.0, 271.7, 0.0, math.pi, 0.0, 0.0),
        (186.0, 275.0, 0.0, math.pi, 0.0, 0.0), (288.4, 172.0, 0.0, -0.5 * math.pi, 0.0, 0.0),
    ],
    colour=[(180, 20, 20), (235, 235, 235), (25, 60, 150), (200, 160, 30), (60, 90, 70)],
    brakes=[True, True, False, False, True],
)  # fmt: skip


def main() -> None:
    """Look at the avenue from its pavement, from a car's roof and from above, and at a street at night."""
    episode = CarlaEpisode(1, "town", read_map("town"), Conditions(), 0)
    fixtures = FixtureScenery(episode)
    camera = SceneCamera(episode.road_map, WIDTH, HEIGHT, 90.0)
    pictures = []
    for look_of, seconds, pose in VIEWS:
        conditions = Conditions.preset(*look_of)
        episode.world.lights.reset()
        episode.world.lights.step(seconds)
        look = Look.of(conditions, 7)
        look = replace(look, appearance=thinned(look.appearance))
        cars = fixtures.with_those_near(CARS, pose, snow=conditions.season.snow_cover > SNOW)
        eye = (*pose.place, pose.heading, pose.pitch, pose.roll)
        pictures.append(camera.draw(eye, look, cars, 1).rgb)
    sheet = np.concatenate([np.concatenate(pictures[:2], axis=1), np.concatenate(pictures[2:], axis=1)])
    cv2.imwrite(str(OUT), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])


if __name__ == "__main__":
    main()
