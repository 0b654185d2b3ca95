"""The example of a policy of one's own, a plain CNN in plain torch, run as a reader would, in small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "own_policy.py"


@pytest.mark.slow
def test_it_learns_and_is_driven_by_its_import_path(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    options = ["--episodes", "3", "--steps", "20", "--drives", "1", "--length", "25", "--json"]
    done = subprocess.run(
        [sys.executable, SCRIPT, *options],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["numbers"] == 37_281
    assert 0.0 < told["loss"] < 1.0
    assert list(told["successes"]) == ["summer", "autumn", "winter", "spring"]
    assert (tmp_path / "runs" / "own-policy" / "network.pt").exists()
