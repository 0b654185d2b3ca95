"""The example for users of ncps, run as a reader would, on a small budget."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "coming_from_ncps.py"


@pytest.mark.slow
def test_it_learns_and_hands_the_network_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLE, "--steps", "40", "--out", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    found, guess = (float(part.split(": ")[1]) for part in lines[0].split("; "))
    assert found < 0.9 * guess
    assert lines[1] == "from its file: the same outputs, to the bit: True"
    assert lines[4] == "as a network of ncps: outputs equal to 1e-5"
    assert {path.name for path in tmp_path.iterdir()} == {"sines.safetensors", "sines.onnx", "sines.c", "sines.h"}
