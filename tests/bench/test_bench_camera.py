from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from wormdrive.bench import peers
from wormdrive.bench.camera import MAPS, sample_views
from wormdrive.cli.main import app
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


def test_command_prints_one_json_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates of the real thing, briefly; a peer that does nothing shows how ratios are made."""
    monkeypatch.setattr(peers, "PEERS", {"idle": ("json", lambda: lambda: (100, 2.0)), "gone": ("no_such_thing", None)})
    result = CliRunner().invoke(app, ["bench", "camera", "--json", "--seconds", "0.01", "--rounds", "1"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["peers"] == {"idle": 50.0}
    assert told["ratio"]["idle"] == pytest.approx(told["frames_per_second_per_core"] / 50.0)
    assert told["frames_per_second_per_core"] > 100.0
    assert told["two_threads"] > 0.3
    assert told["not_installed"] == ["gone"]
    details = told["details"]
    assert details["RGB, segmentation and depth"] < 1.5 * told["frames_per_second_per_core"]
    assert 0.0 < details["800x450"] < details["400x156"] < told["frames_per_second_per_core"]
    table = CliRunner().invoke(app, ["bench", "camera", "--seconds", "0.01", "--rounds", "1"])
    assert table.exit_code == 0
    assert "800x450" in table.stdout


def test_help_shows_an_example() -> None:
    assert "wormdrive bench camera --json" in CliRunner().invoke(app, ["bench", "camera", "--help"]).stdout
