"""All shared maps: each loads or says why not, soon, without NaN; routes on them are sound."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tests.support.opendrive_text import SHARED_MAPS
from wormdrive.envs.common.errors import MapError, RouteError
from wormdrive.envs.roads import follow_route, read_map
from wormdrive.envs.roads.lane_listing import lane_centres

UNUSABLE = {
    # numbers written as '4.00000000000000000+0'
    "SingleRoadNanValues.xodr": ("road 5383, lanes, laneSection at s=0, left, lane 2, width at sOffset=0", "a number"),
}
NO_ROUTE = {
    # nothing to drive on
    "GapInSuperelevationNonDrivableRoad.xodr": "no driving lane",
    # shorter than a route
    "ComplexLaneSection.xodr": "for 20 m",
    "SingleRoadComplexDescription.xodr": "for 20 m",
    "SingleRoadTwoGeometries.xodr": "for 20 m",
    "lane_width_and_offset.xodr": "for 20 m",
    "multiple_successor_valid.xodr": "for 20 m",
    "two_pitched_and_rolled_roads.xodr": "for 20 m",
    "two_roads_overhang.xodr": "for 20 m",
}

pytestmark = pytest.mark.skipif(not SHARED_MAPS, reason="the shared maps are not here: set WORMDRIVE_SHARED")


def test_there_are_199() -> None:
    assert len(SHARED_MAPS) == 199


@pytest.mark.parametrize("path", SHARED_MAPS, ids=lambda path: path.stem)
def test_map(path: Path) -> None:
    begin = time.perf_counter()
    if path.name in UNUSABLE:
        element, reason = UNUSABLE[path.name]
        with pytest.raises(MapError) as caught:
            read_map(path)
        assert (caught.value.file, caught.value.element) == (str(path), element)
        assert reason in caught.value.reason
        return
    road_map = read_map(path)
    assert road_map.roads
    for listed in lane_centres(road_map, 2.0):
        for name, values in vars(listed.points).items():
            assert np.isfinite(values).all(), (listed.road.id, listed.lane.id, name)
        assert (listed.points.width_m >= 0.0).all()
    if path.name in NO_ROUTE:
        with pytest.raises(RouteError, match=NO_ROUTE[path.name]):
            follow_route(road_map, 0, 500.0)
        return
    for seed in (0, 1):
        route = follow_route(road_map, seed, 300.0)
        assert 19.5 <= route.length_m <= 300.0
        for name, values in vars(route).items():
            if isinstance(values, np.ndarray) and name != "speed_limit_mps":
                assert np.isfinite(values).all(), name
        for name, values in vars(route.cross_sections).items():
            assert np.isfinite(values).all(), name
        steps = np.hypot(np.diff(route.x), np.diff(route.y))
        np.testing.assert_allclose(steps, 0.5, rtol=0.01)
        middle = 0.5 * (route.heading_rad[1:] + route.heading_rad[:-1])
        off = np.sin(np.arctan2(np.diff(route.y), np.diff(route.x)) - middle)
        assert np.abs(off).max() < 0.06
        assert np.abs(np.diff(route.curvature)).max() < 0.2
    assert time.perf_counter() - begin < 20.0
