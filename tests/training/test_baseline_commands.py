"""A baseline from the command line: recorded drives, training with a round of DAgger, a test drive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.agents.store import load_policy
from wormdrive.cli.main import app


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("kind", ["cfc", "lstm", "transformer", "cnn"])
def test_train_and_evaluate(kind: str, tmp_path: Path) -> None:
    settings = tmp_path / "tiny.yaml"
    settings.write_text("{batch: 2, window: 4, round_episodes: 1, round_length: 16, round_steps: 2}")
    run("record", tmp_path / "drives", "--episodes", 1, "--length", 20)
    options = ("--config", settings, "--steps", 3, "--rounds", 1, "--threads", 1, "--json")
    said = json.loads(run("train", tmp_path / "drives", "--out", tmp_path / "run", "--model", kind, *options))
    policy = load_policy(said["policy"])
    assert policy.config.kind == said["model"] == kind
    assert sum(p.numel() for p in policy.parameters()) == said["parameters"]
    told = json.loads(run("evaluate", said["policy"], "--suite", "demo", "--episodes", 1, "--threads", 1, "--json"))
    assert {row["season"] for row in told["rows"]} == {"summer", "autumn", "winter", "spring"}
    assert all(row["distance_m"] > 1 for row in told["rows"])
