from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wormdrive.bench.camera import MAPS, sample_views
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS


def test_views_are_spread_over_maps_seasons_and_weathers_and_always_the_same() -> None:
    roads, views = sample_views(64)
    assert len(views.slot) == 64
    assert {route.map_name for route in roads.routes if route is not None} == set(MAPS)
    assert np.bincount(views.slot).tolist() == [64 // len(MAPS)] * len(MAPS)
    assert np.bincount(views.art, minlength=len(SEASONS)).min() >= 12
    assert len(np.unique(views.appearance, axis=0)) == len(SEASONS) * len(WEATHERS)
    for slot in range(len(MAPS)):
        assert np.ptp(views.station_m[views.slot == slot]) > 300.0
    for n in range(64):
        route = roads.routes[int(views.slot[n])]
        assert route is not None
        assert np.hypot(route.x - views.pose[n, 0], route.y - views.pose[n, 1]).min() < 0.5
    again = sample_views(64)[1]
    for name, array in vars(views).items():
        np.testing.assert_array_equal(getattr(again, name), array)


@pytest.mark.slow
def test_rates_of_the_camera(bench_beside_idle: Callable[[str], dict[str, Any]]) -> None:
    told = bench_beside_idle("camera")
    details = told["details"]
    assert details["RGB, segmentation and depth"] < 1.5 * told["frames_per_second_per_core"]
    assert 0.0 < details["800x450"] < details["400x156"] < told["frames_per_second_per_core"]
