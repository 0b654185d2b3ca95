"""The example of several agents, PPO on Convoy-v0 through SuperSuit, run as a reader would for a few steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "convoy_ppo.py"


@pytest.mark.slow
def test_it_learns_and_tells_its_learning_curve() -> None:
    command = [sys.executable, SCRIPT, "--steps", "4608", "--every", "2304", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    points = json.loads(done.stdout)
    assert [point["steps"] for point in points] == [2304, 4608]
    assert all(0 <= point["successes"] <= 8 and point["gap_error_m"] > 0.0 for point in points)
