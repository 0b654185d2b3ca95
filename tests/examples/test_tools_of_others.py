"""The examples of stable-baselines3 with pictures, of torch's data sets and of exports, run as a reader would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(script: str, *options: object) -> str:
    command = [sys.executable, EXAMPLES / script, *map(str, options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_ppo_from_pictures_tells_its_learning_curve() -> None:
    told = example(
        "ppo_from_pictures.py", "--environments", 4, "--steps", 256, "--every", 128, "--threads", 1, "--json"
    )
    points = json.loads(told)
    assert [point["steps"] for point in points] == [128, 256]
    assert all(0 <= point["successes"] <= 16 and point["speed_mps"] > 3.0 for point in points)


@pytest.mark.slow
def test_a_network_in_plain_torch_learns_and_drives() -> None:
    told = json.loads(
        example("torch_dataset.py", "--episodes", 2, "--length", 32, "--epochs", 1, "--workers", 1, "--json")
    )
    assert told.keys() == {"summer", "winter"}
    assert all(found["metres"] > 30 for found in told.values())


@pytest.mark.slow
def test_exports_are_read_by_their_own_libraries(tmp_path: Path) -> None:
    told = example("data_sets.py", "--out", tmp_path, "--episodes", 2, "--length", 16).splitlines()
    rows = [line.partition(" s, ")[2].partition(" rows")[0] for line in told]
    assert [line.partition(":")[0] for line in told] == ["minari", "lerobot", "parquet", "csv"]
    assert rows == ["30", "32", "32", "32"]
