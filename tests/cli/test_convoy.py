from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.convoy.config import ConvoyTrainConfig
from wormdrive.convoy.course import CONDITIONS
from wormdrive.convoy.drive_row import read_rows
from wormdrive.envs.common.errors import ArgumentError, ModelError


def convoy(*arguments: object) -> str:
    result = CliRunner(env={"COLUMNS": "140"}).invoke(app, ["convoy", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_expert_is_evaluated(tmp_path: Path) -> None:
    table = tmp_path / "drives.csv"
    told = json.loads(convoy("evaluate", "expert", "--routes", 2, "--out", table, "--json"))
    assert [one["condition"] for one in told["models"]] == list(CONDITIONS)
    assert all(one["measures"]["success"] == 1.0 for one in told["models"])
    assert len(read_rows(table)) == 10
    said = convoy("results", table)
    assert "100 %" in said
    assert "winter" in said
    assert json.loads(convoy("results", table, "--json")) == told


def test_a_picture_of_the_end_is_written(tmp_path: Path) -> None:
    out = tmp_path / "convoy.png"
    told = json.loads(convoy("film", "expert", out, "--seconds", 1, "--cars", 2, "--season", "winter", "--json"))
    assert told == {"path": str(out), "driven_s": 1.0, "end_reason": "time_limit"}
    assert out.stat().st_size > 10_000


@pytest.mark.slow
def test_a_follower_is_trained_and_driven(tmp_path: Path) -> None:
    file = tmp_path / "mine.safetensors"
    small = ["--convoys", "1", "--steps", "1", "--eyes-steps", "1", "--rounds", "0"]
    told = json.loads(convoy("train", file, "--model", "feedforward", *small, "--json"))
    assert told["parameters"] > told["behind_the_eyes"] > 1000
    assert "s, " in convoy("film", file, tmp_path / "mine.png", "--seconds", 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("train", "x", "--model", "gru"), "--model='gru': allowed are ncp, lstm, feedforward, feedforward-4-frames"),
        (("benchmark", "--model", "gru"), "--model='gru'"),
        (("film", "expert", "x.png", "--profile", "racing"), "--profile='racing'"),
        (("evaluate", "none.safetensors"), "none.safetensors: cannot be read"),
    ],
)
def test_what_is_not_allowed_is_named(arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises((ArgumentError, ModelError), match=told):
        convoy(*arguments)


def test_help_tells_the_defaults() -> None:
    config, text = ConvoyTrainConfig(), " ".join(convoy("train", "--help").split())
    for value in (config.convoys, config.eyes_steps, config.steps, config.rounds):
        assert f"[default: ({value})]" in text


@pytest.mark.parametrize("command", ["train", "evaluate", "benchmark", "results", "film"])
def test_help_shows_an_example(command: str) -> None:
    assert f"Example: wormdrive convoy {command}" in " ".join(convoy(command, "--help").split())
