"""The flying example, run as a reader would, on a small budget."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_it_trains_flies_and_tells() -> None:
    script = Path(__file__).parents[2] / "examples" / "find_target.py"
    done = subprocess.run(
        [sys.executable, script, "--small", "--kind", "cnn"], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["pilot"], line["season"]) for line in told] == [
        (pilot, season) for pilot in ("cnn", "expert") for season in ("summer", "winter")
    ]
    assert told[2]["found"] == told[3]["found"] == 1
