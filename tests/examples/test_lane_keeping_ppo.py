"""The example of reinforcement learning, run as a reader would for a few steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "lane_keeping_ppo.py"


@pytest.mark.slow
def test_it_learns_and_tells_its_learning_curve() -> None:
    command = [sys.executable, SCRIPT, "--steps", "4096", "--every", "2048", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    points = json.loads(done.stdout)
    assert [point["steps"] for point in points] == [2048, 4096]
    assert all(0 <= point["successes"] <= 16 and point["speed_mps"] > 0.0 for point in points)
