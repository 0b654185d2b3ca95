"""``wormdrive maps from-points``, and its other name ``wormdrive roads from-points``."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.roads import read_map
from wormdrive.envs.roads.map_problems import map_problems

POINTS = [[0, 0], [40, 0], [80, 20], [120, 20]]
CROSSING = [[0, 0], [60, 0], [90, 40], [60, 80], [30, 50], [30, -60]]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my points.json"
    path.write_text(json.dumps(POINTS))
    return path


def call(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_map_is_written_that_has_no_problems(file: Path, tmp_path: Path) -> None:
    done = call("maps", "from-points", file, "--out", tmp_path / "road.xodr", "--lane-width", 4)
    assert done.exit_code == 0, done.exception
    assert done.stdout == f"{tmp_path / 'road.xodr'}: 127.2 m of road through 4 points, tightest bend 44.6 m\n"
    road_map = read_map(tmp_path / "road.xodr")
    assert map_problems(road_map) == ()
    text = (tmp_path / "road.xodr").read_text()
    assert text.count('<width sOffset="0" a="4" b="0" c="0" d="0"/>') == 2
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".json", ".xodr")] == []


@pytest.mark.parametrize("group", ["maps", "roads"])
def test_json_tells_what_was_made(file: Path, tmp_path: Path, group: str) -> None:
    file.write_text(json.dumps(CROSSING))
    told = json.loads(call(group, "from-points", file, "--json").stdout)
    assert "the road lies on itself near" in told["remarks"][-1]
    assert told["map"] == "my points.xodr"
    assert (told["points"], told["geometries"] > 6, told["deviation"] <= 0.01) == (6, True, True)
    assert (tmp_path / "my points.xodr").is_file()


def test_a_straight_has_no_least_radius(file: Path) -> None:
    file = file.with_suffix(".csv")
    file.write_text("0,0\n100,0\n")
    assert json.loads(call("maps", "from-points", file, "--json").stdout)["least_radius"] is None
    assert call("maps", "from-points", file, "--force").stdout.endswith("through 2 points, straight\n")


def test_a_map_is_replaced_with_force_alone(file: Path, tmp_path: Path) -> None:
    (tmp_path / "my points.xodr").write_text("mine")
    done = call("maps", "from-points", file)
    assert isinstance(done.exception, ArgumentError)
    assert "my points.xodr: exists; --force replaces it, --out names another" in str(done.exception)
    assert (tmp_path / "my points.xodr").read_text() == "mine"
    assert call("maps", "from-points", file, "--force").exit_code == 0
    assert "OpenDRIVE" in (tmp_path / "my points.xodr").read_text()


@pytest.mark.parametrize(
    ("points", "options", "complaint"),
    [
        ([[0, 0], [50, 0], [0, 0]], (), "my points.json: points: between points 1 and 2, near x="),
        ([[0, 0], [1, math.nan]], (), "my points.json: point 1: y=nan: allowed is a number"),
        (POINTS, ("--out", "road.txt"), "--out road.txt: allowed is a name that ends with .xodr"),
        (POINTS, ("--lane-width", "0"), "lane_width_m=0: allowed are 2 to 10 m"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    file: Path, tmp_path: Path, points: list[list[float]], options: tuple[str, ...], complaint: str
) -> None:
    file.write_text(json.dumps(points))
    done = call("maps", "from-points", file, *options)
    assert isinstance(done.exception, ArgumentError)
    assert complaint in str(done.exception)
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_in_place_of_points_is_named_itself(file: Path) -> None:
    done = call("maps", "from-points", ".")
    assert isinstance(done.exception, ArgumentError)
    assert str(done.exception) == ".: is not a regular file"


def test_help_shows_an_example() -> None:
    done = CliRunner().invoke(app, ["maps", "from-points", "--help"], env={"COLUMNS": "200"})
    assert "Example: wormdrive maps from-points points.json --out road.xodr" in done.stdout
