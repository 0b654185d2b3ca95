"""The example on digits, run as a reader would, on a small budget."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "static_digits.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.slow
def test_every_model_learns_and_all_are_of_one_size() -> None:
    done = run("--steps", "120", "--seeds", "1", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert list(told) == ["logistic regression", "perceptron", "CfC", "LTC"]
    assert all(0.0 <= one["wrong_percent"][0] < 75.0 for one in told.values())  # guessing misreads 90
    assert told["logistic regression"]["wrong_percent"][0] < 10.0
    assert all(500 < one["numbers"] < 800 for one in told.values())


@pytest.mark.slow
def test_one_seed_has_no_interval_and_two_have_one() -> None:
    for seeds, rows in (("1", 4), ("2", 0)):
        done = run("--steps", "1", "--seeds", seeds)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("(one seed)") == rows
        assert done.stdout.count(" to ") == 4 - rows


def test_no_steps_are_refused() -> None:
    done = run("--steps", "0")
    assert done.returncode == 2
    assert "--steps 0" in done.stderr
