"""Draw docs/find_target.jpg: one flight in four seasons; and what else it is tested in, if a path is given.

.venv/bin/python docs/find_target.py [more.jpg]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.envs.seasons.conditions import SEASONS, Conditions
from wormdrive.find_target.suite import load_flight_suite

SIZE = 480, 320
FLIGHT = FlightScenario(site=2, seed=11, target="chair", colour="red", distance_m=12.0)


def drawn(flights: list[FlightScenario]) -> np.ndarray:
    """Draw where each begins, (N, H, W, 3)."""
    worlds = FlightWorlds(len(flights), WoodCamera())
    worlds.reset(flights)
    return worlds.render(WoodCamera(*SIZE))


def save(pictures: np.ndarray, columns: int, path: Path) -> None:
    """Write pictures as one."""
    rows = [np.concatenate(list(pictures[k : k + columns]), axis=1) for k in range(0, len(pictures), columns)]
    Image.fromarray(np.concatenate(rows, axis=0)).save(path, quality=85)


if __name__ == "__main__":
    seasons = [replace(FLIGHT, conditions=Conditions.preset(season)) for season in SEASONS]
    save(drawn(seasons), 2, Path(__file__).with_suffix(".jpg"))
    if len(sys.argv) > 1:
        suite = load_flight_suite().narrowed(flights=1)
        save(drawn([suite.scenarios(condition)[0] for condition in suite.conditions]), 5, Path(sys.argv[1]))
