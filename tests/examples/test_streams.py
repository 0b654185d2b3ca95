"""The example scripts, run as a reader would, on a small budget."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPTS = {"weather_station.py": (), "bird_calls.py": (), "carbon_dioxide.py": ("every week",)}
"""Each with the tests in which a cell that has learnt a little is no better than the guess."""


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


def test_every_example_is_run_by_a_test() -> None:
    tests = Path(__file__).parents[1]
    told = "".join(path.read_text(encoding="utf-8") for path in tests.rglob("*.py"))
    shared = {"contest.py", "learning_curve.py"}
    examples = {path.name for path in EXAMPLES.glob("*.py")} - shared
    assert [name for name in examples if name not in told and name.removesuffix(".py") not in told] == []


@pytest.mark.slow
@pytest.mark.parametrize(("script", "hard"), SCRIPTS.items())
def test_every_cell_learns(script: str, hard: tuple[str, ...]) -> None:
    told = json.loads(example(script, "--steps", "60", "--json"))
    assert list(told["cells"]) == ["CfC", "LTC", "GRU"]
    for test, guess in told["without"].items():
        for name, cell in told["cells"].items():
            assert len(cell["scores"][test]) == 1
            assert cell["scores"][test][0] > 0.0
            assert test in hard or cell["scores"][test][0] < 0.99 * guess, (name, test)
    for scores in told["others"].values():
        assert all(0.0 < scores[test] < guess for test, guess in told["without"].items())
    sizes = [cell["parameters"] for cell in told["cells"].values()]
    assert max(sizes) < 1.5 * min(sizes)


@pytest.mark.slow
def test_people_are_told_who_wins_and_who_loses() -> None:
    lines = example("weather_station.py", "--steps", "2").splitlines()
    assert lines[0].startswith("CfC, seed 0: silences to 24 h ")
    assert [line.split()[0] for line in lines[4:8]] == ["no", "CfC", "LTC", "GRU"]
    assert all(line.count("(one seed)") == 2 for line in lines[5:8])
    for line in lines[8:10]:
        assert "against the GRU: CfC " in line
        assert line.count(" draws ") == 2  # one seed tells of no winner
    assert lines[-1].startswith("time of a training step over the GRU's: CfC ")


def test_the_measured_series_is_taken_apart_by_year_and_never_past_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    example = importlib.import_module("carbon_dioxide")
    early, late = example.measured()
    assert early.week[-1] < late.week[0]
    assert len(early.week) + len(late.week) == 2284 - 59
    for record, silence in ((early, (4, 12)), (late, None), (late, (13, 26))):
        piece = example.pieces(record, silence, 64, 5)
        place = np.searchsorted(record.week, piece.week)
        assert np.array_equal(record.week[place], piece.week)  # each is a report of the record
        assert np.array_equal(record.ppm[place], piece.ppm)
        gaps = np.diff(place)
        assert gaps.min() >= 1
        assert bool(gaps.max() == 1) is (silence is None)
        assert np.array_equal(example.pieces(record, silence, 64, 5).week, piece.week)
