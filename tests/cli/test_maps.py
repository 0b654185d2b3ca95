"""``wormdrive maps check`` and ``wormdrive maps lanes``."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.opendrive_text import lane, opendrive, road, section
from wormdrive.cli.maps import app
from wormdrive.envs.common.errors import MapError


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    lanes = section(lane(2, "sidewalk", 2.0), lane(1), lane(-1), lane(-2, "offRamp", 3.0))
    texts = {
        "good": opendrive(road(sections=lanes, road_id="main [red]street"), version="1.7"),
        "noted": opendrive(road(), road()),
        "broken": opendrive(road(math.nan)),
        "apart": opendrive(
            road(
                sections=section(lane(-1, link='<successor id="-1"/>')),
                road_id="a",
                link='<successor elementType="road" elementId="b" contactPoint="start"/>',
            ),
            road(sections=section(lane(-1)), road_id="b", pose=(102.0, 0.0, 0.0)),
        ),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.xodr").write_text(text)
    return {name: str(tmp_path / f"{name}.xodr") for name in texts}


def test_check_prints_one_object_a_file(files: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["check", "--json", files["broken"], files["good"], files["noted"], "country_loop"])
    assert done.exit_code == 1
    broken, good, noted, builtin = (json.loads(line) for line in done.stdout.splitlines())
    assert broken == {
        "file": files["broken"], "version": None, "roads": None, "junctions": None, "lanes": None,
        "driving_lanes": None, "length": None, "problems": [],
        "error": {"element": "road 1, planView, geometry at s=0",
                  "reason": "length='nan': allowed are finite numbers from 0 to 100000"},
    }  # fmt: skip
    assert good == {
        "file": files["good"], "version": "1.7", "roads": 1, "junctions": 0, "lanes": 4, "driving_lanes": 2,
        "length": 100.0, "problems": [], "error": None,
    }  # fmt: skip
    assert noted["problems"] == ["road 1: its id is taken by an earlier road; ignored"]
    assert noted["error"] is None
    assert builtin["roads"] == 4


def test_check_ends_well_when_all_maps_can_be_used(files: dict[str, str]) -> None:
    assert CliRunner().invoke(app, ["check", files["good"], files["noted"]]).exit_code == 0


def test_check_for_people(files: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["check", files["broken"], files["noted"]], env={"COLUMNS": "200"})
    assert done.exit_code == 1
    assert "cannot be used" in done.stdout
    assert "length [m]" in done.stdout
    assert "road 1, planView, geometry at s=0: length='nan'" in done.stdout
    assert "its id is taken" in done.stdout


def test_check_names_lanes_that_are_linked_and_do_not_meet(files: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["check", "--json", files["apart"]])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["problems"] == [
        "road a, section 0, lane -1: linked with road b, section 0, lane -1, which begins 2.00 m away, turned by "
        "0 degrees"
    ]


def test_check_reports_missing_files() -> None:
    done = CliRunner().invoke(app, ["check", "--json", "missing.xodr", "suburb"])
    assert done.exit_code == 1
    missing, suburb = (json.loads(line) for line in done.stdout.splitlines())
    assert "no such file" in missing["error"]["reason"]
    assert suburb["error"] is None


def test_lanes_lists_every_driving_lane(files: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["lanes", files["good"], "--spacing", "30", "--json"])
    assert done.exit_code == 0
    rows = json.loads(done.stdout)
    assert {tuple(row) for row in rows} == {("road", "section", "lane", "s", "x", "y", "z", "heading", "width", "type")}
    assert {row["road"] for row in rows} == {"main [red]street"}
    assert {row["type"] for row in rows} == {"driving"}
    right = [row for row in rows if row["lane"] == -1]
    assert [row["s"] for row in right] == [0.0, 30.0, 60.0, 90.0, 100.0]
    assert right[1] == {
        "road": "main [red]street", "section": 0, "lane": -1, "s": 30.0, "x": 30.0, "y": -1.75, "z": 0.0,
        "heading": 0.0, "width": 3.5, "type": "driving",
    }  # fmt: skip
    left = [row for row in rows if row["lane"] == 1]
    assert left[0]["heading"] == pytest.approx(math.pi, abs=1e-6)
    assert left[0]["y"] == 1.75


def test_lanes_of_other_types(files: dict[str, str]) -> None:
    arguments = ["lanes", files["good"], "--json", "--type", "offRamp", "--type", "sidewalk"]
    rows = json.loads(CliRunner().invoke(app, arguments).stdout)
    assert {(row["lane"], row["type"]) for row in rows} == {(-2, "offRamp"), (2, "sidewalk")}
    assert json.loads(CliRunner().invoke(app, ["lanes", files["good"], "--json", "--type", "tram"]).stdout) == []


def test_lanes_for_people(files: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["lanes", files["good"]], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert "main [red]street" in done.stdout
    assert "3.50" in done.stdout


def test_lanes_of_a_broken_map(files: dict[str, str]) -> None:
    done = CliRunner().invoke(app, ["lanes", files["broken"]])
    assert isinstance(done.exception, MapError)


@pytest.mark.parametrize("command", ["check", "lanes"])
def test_help_shows_an_example(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert f"Example: wormdrive maps {command}" in done.stdout


def test_escape_sequences_in_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "\x1b[31mred\x1b]0;title\x07.xodr"
    file.write_text("no map")
    done = CliRunner().invoke(app, ["check", str(file)])
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    assert "\x07" not in done.output
