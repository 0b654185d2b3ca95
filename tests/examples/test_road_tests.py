"""The example of a road generator and its executor, run as a reader would on a few roads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "road_tests.py"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--season", "monsoon", "season='monsoon': allowed are"), ("--candidate", "nobody", "nobody: no such folder")],
)
def test_what_is_not_allowed_is_told_in_one_line(option: str, value: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, option, value], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_it_drives_random_roads_and_tells_the_worst(tmp_path: Path) -> None:
    options = ["--candidate", "expert", "--season", "winter", "--tests", "3", "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, SCRIPT, *options, "--json"], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["tests"], told["failed"]) == (3, 0)
    assert told["tests_per_hour"] > 0
    worst = json.loads((tmp_path / f"test.{told['worst']['test']:04}.json").read_text())
    assert [tuple(point) for point in worst["road_points"]] == [tuple(point) for point in told["worst"]["road_points"]]
    assert max(row[-1] for row in worst["execution_data"]) == pytest.approx(told["worst"]["oob_percentage"], abs=1e-4)
