"""The example scripts, run as a reader would, on a small budget."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = ("weather_station.py", "bird_calls.py")


def example(script: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, EXAMPLES / script, "--small", "--seeds", "1", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_none_is_forgotten_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "coming_from_ncps.py",
        "contest.py",
        "find_target.py",
        "lane_keeping_ppo.py",
        "road_tests.py",
        "static_digits.py",
        *SCRIPTS,
    }


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_cell_learns(script: str) -> None:
    told = json.loads(example(script, "--steps", "60", "--json"))
    assert list(told["cells"]) == ["CfC", "LTC", "GRU"]
    for test, guess in told["without"].items():
        for name, cell in told["cells"].items():
            assert len(cell["scores"][test]) == 1
            assert 0.0 < cell["scores"][test][0] < 0.99 * guess, (name, test)
    sizes = [cell["parameters"] for cell in told["cells"].values()]
    assert max(sizes) < 1.5 * min(sizes)


@pytest.mark.slow
def test_people_are_told_who_wins_and_who_loses() -> None:
    lines = example("weather_station.py", "--steps", "2").splitlines()
    assert lines[0].startswith("CfC, seed 0: silences to 24 h ")
    assert [line.split()[0] for line in lines[4:8]] == ["no", "CfC", "LTC", "GRU"]
    for line in lines[8:10]:
        assert "against the GRU: CfC " in line
        assert any(word in line for word in ("wins", "LOSES", "draws"))
    assert lines[-1].startswith("time of a training step over the GRU's: CfC ")
