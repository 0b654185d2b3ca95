"""Lane centres against those of ``carla.Map`` (0.9.16), recorded in ``carla_waypoints.json.gz``.

CARLA's axes are left-handed: its y and yaw are the negatives of OpenDRIVE's.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.support.opendrive_text import SHARED_MAPS, shared_map
from wormdrive.envs.roads import read_map

TOLERANCE_M = 0.05

SUPERELEVATION = "carla.Map ignores superelevation"
CARLA_IS_WRONG = {
    "ArcLaneRolledAndOffset.xodr": SUPERELEVATION,
    "SShapeSuperelevatedRoad.xodr": SUPERELEVATION,
}
UNREADABLE = {"SingleRoadNanValues.xodr": "numbers that are none: a MapError"}

pytestmark = pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")


@cache
def waypoints() -> dict[str, list[list[Any]]]:
    with gzip.open(shared_map("carla_waypoints.json.gz")) as stream:
        recorded = json.load(stream)
    assert recorded["columns"][:9] == ["road_id", "section_id", "lane_id", "s", "x", "y", "z", "yaw", "pitch"]
    return dict(recorded["maps"])


NAMES = sorted(waypoints()) if SHARED_MAPS else []


def differences(name: str, level: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances in the plane, of height [m] and of heading [rad] at every waypoint.

    ``level`` leaves our superelevation out, as CARLA does.
    """
    road_map = read_map(shared_map(name))
    by_lane: dict[tuple[int, int, int], list[list[float]]] = defaultdict(list)
    for row in waypoints()[name]:
        by_lane[row[0], row[1], row[2]].append(row[3:8])
    plane, height, turn = [], [], []
    for (road_id, section_id, lane_id), rows in by_lane.items():
        s, x, y, z, yaw = np.array(rows, dtype=float).T
        road = road_map.roads[str(road_id)]
        section = road.sections[section_id]
        lane = section.lane(lane_id)
        assert lane is not None
        points = road.lane_centre(section, lane, s)
        ours_x, ours_y, ours_z = points.x, points.y, points.z
        if level:
            profile = road.profile(section, s)
            row = section.rows[lane_id]
            t = 0.5 * (profile.borders_t[row] + profile.borders_t[row + 1])
            ours_x = profile.x - t * np.sin(profile.heading_rad)
            ours_y = profile.y + t * np.cos(profile.heading_rad)
            ours_z = profile.z
        good = np.isfinite(x)  # carla.Map gives NaN now and then
        plane.append(np.hypot(ours_x - x, ours_y + y)[good])
        height.append(np.abs(ours_z - z)[good])
        turn.append(np.abs(np.angle(np.exp(1j * (points.heading_rad + np.radians(yaw)))))[good])
    return np.concatenate(plane), np.concatenate(height), np.concatenate(turn)


@pytest.mark.parametrize("name", NAMES)
def test_lane_centres(name: str) -> None:
    file = name.split("/")[1]
    if file in UNREADABLE:
        pytest.skip(UNREADABLE[file])
    plane, height, turn = differences(name)
    if file in CARLA_IS_WRONG:
        assert plane.max() > TOLERANCE_M, f"no longer different ({CARLA_IS_WRONG[file]}): take it off the list"
        return
    assert plane.max() <= TOLERANCE_M
    assert height.max() <= TOLERANCE_M
    assert np.quantile(turn, 0.98) < 0.01  # a waypoint on a seam may be headed as the piece before it


@pytest.mark.parametrize("name", [name for name in NAMES if CARLA_IS_WRONG.get(name.split("/")[1]) == SUPERELEVATION])
def test_superelevation_is_the_whole_difference(name: str) -> None:
    plane, height, _ = differences(name, level=True)
    assert plane.max() <= TOLERANCE_M
    assert height.max() <= TOLERANCE_M


def test_most_maps_agree_to_a_millimetre() -> None:
    agree = [
        name
        for name in NAMES
        if name.split("/")[1] not in CARLA_IS_WRONG | UNREADABLE and differences(name)[0].max() < 1e-3
    ]
    assert len(agree) >= 30
