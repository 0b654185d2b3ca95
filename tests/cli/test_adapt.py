"""``wormdrive adapt``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError

SMALL = ("--routes", "1", "--length", "40", "--threads", "1")


def adapt(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["adapt", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.slow
def test_two_models_come_to_a_page_and_the_figures_that_are_printed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = json.loads(adapt("feedforward-blind", "lstm-blind", "--way", "reset", *SMALL, "--out", out, "--json"))
    assert told == json.loads((out / "adapting.json").read_text())
    assert {row["way"] for row in told["drives"]} == {"frozen", "reset"}
    driven = {(row["training"], row["way"]) for row in told["drives"]}
    # a memoryless network has no state to be put back
    assert driven == {("feedforward-blind", "frozen"), ("lstm-blind", "frozen"), ("lstm-blind", "reset")}
    assert all(row["on_road"] for row in told["drives"] if row["way"] == "frozen")
    page = (out / "adapting.html").read_text()
    assert "all together" in page


def test_bad_arguments_are_refused_before_anything_is_driven(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="way='dream'"):
        adapt("ncp", "--way", "dream", "--out", tmp_path / "out")
    with pytest.raises(ArgumentError, match="--recipe: allowed with --results only"):
        adapt("ncp", "--recipe", "paper", "--out", tmp_path / "out")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArgumentError, match=r"exists; allowed are a new folder, or --force to replace adapting\.html"):
        adapt("ncp", "--out", tmp_path)
    assert not (tmp_path / "out").exists()
