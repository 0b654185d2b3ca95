"""The example of a way of adapting of one's own, run as a reader would on a short road."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "examples" / "adapting.py"


@pytest.mark.slow
def test_its_own_way_drives_beside_the_frozen_one() -> None:
    options = ["--model", "feedforward-blind", "--routes", "1", "--length", "40"]
    done = subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: [float(word) for word in line.split()[1:]] for line in done.stdout.splitlines()[2:]}
    assert list(rows) == ["frozen", "shift", "calm"]
    assert all(len(metres) == 3 and all(0.0 < value <= 45.0 for value in metres) for metres in rows.values())
    # it has learnt to drive in winter, and a calmer hand keeps the lane on so short a road
    assert min(rows["frozen"] + rows["calm"]) > 35.0
