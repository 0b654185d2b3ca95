"""Every kind of policy from the command line: recorded drives, training with a round of DAgger, a test drive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.agents.policies.registry import POLICY_KINDS
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.cli.main import app


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drives, settings of a tiny training, and a suite of two short drives."""
    folder = tmp_path_factory.mktemp("baselines")
    (folder / "tiny.yaml").write_text("{batch: 2, window: 4, round_episodes: 1, round_length: 16, round_steps: 2}")
    (folder / "suite.yaml").write_text(
        "{name: short, maps: [country_loop], conditions: {summer: [day], winter: [day]}, episodes: 1, "
        "route_length_m: 40}"
    )
    run("record", folder / "drives", "--episodes", 1, "--length", 20)
    return folder


def test_help_names_every_kind() -> None:
    said = run("train", "--help")
    for kind in POLICY_KINDS:
        assert kind in said


@pytest.mark.slow
@pytest.mark.parametrize("kind", POLICY_KINDS)
def test_train_and_evaluate(kind: str, folder: Path) -> None:
    options = ("--config", folder / "tiny.yaml", "--steps", 3, "--rounds", 1, "--threads", 1, "--json")
    said = json.loads(run("train", folder / "drives", "--out", folder / kind, "--model", kind, *options))
    policy = load_policy(said["policy"])
    assert policy.config.kind == said["model"] == kind
    assert sum(p.numel() for p in policy.parameters()) == said["parameters"]
    told = json.loads(run("evaluate", said["policy"], "--suite", folder / "suite.yaml", "--threads", 1, "--json"))
    assert [row["season"] for row in told["rows"]] == ["summer", "winter"]
    assert all(row["distance_m"] > 1 for row in told["rows"])
