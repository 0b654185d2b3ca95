"""Draw the README's picture of free cameras. Run it with ``.venv/bin/python docs/any_view.py``."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

from wormdrive import Cars, Conditions, Look, Route, SceneCamera, follow_route, read_map

WIDTH, HEIGHT = 640, 360
OUT = Path(__file__).with_name("any_view.jpg")
VIEWS = (
    # conditions, metres back, left and up from the first car, turned, pitch [rad]
    (("summer", "day"), 7.0, 0.0, 2.8, 0.0, 0.15),
    (("autumn", "dusk"), -4.5, 3.2, 1.5, -2.2, 0.05),
    (("winter", "day"), 6.0, 0.0, 30.0, 0.0, 1.1),
    (("spring", "night"), 9.0, -3.0, 3.5, 0.25, 0.12),
)


def main() -> None:
    """Look at some cars from behind, from the side, from above and at night."""
    road_map = read_map("suburb")
    route = follow_route(road_map, seed=4, length_m=500.0)
    cars = Cars.of(
        [_place(route, 200), _place(route, 236), _place(route, 228, 3.5, math.pi), _place(route, 300)],
        colour=[(180, 20, 20), (240, 240, 240), (25, 60, 150), (200, 160, 30)],
        brakes=[False, True, False, False],
    )
    camera = SceneCamera(road_map, WIDTH, HEIGHT, 90.0)
    pictures = []
    for (season, weather), back, left, up, turned, pitch in VIEWS:
        x, y, z, heading, _, _ = _place(route, 200, left)
        pose = (x - back * math.cos(heading), y - back * math.sin(heading), z + up, heading + turned, pitch, 0.0)
        pictures.append(camera.draw(pose, Look.of(Conditions.preset(season, weather), 7), cars, 1).rgb)
    sheet = np.concatenate([np.concatenate(pictures[:2], axis=1), np.concatenate(pictures[2:], axis=1)])
    cv2.imwrite(str(OUT), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])


def _place(route: Route, i: int, left: float = 0.0, turned: float = 0.0) -> tuple[float, ...]:
    heading = float(route.heading_rad[i])
    x, y = route.x[i] - left * math.sin(heading), route.y[i] + left * math.cos(heading)
    return float(x), float(y), float(route.z[i]), heading + turned, 0.0, 0.0


if __name__ == "__main__":
    main()
