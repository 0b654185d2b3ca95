from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.find_target.policy import FlightPolicy, save_flight_policy


@pytest.mark.slow
def test_two_policies_on_one_page(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_flight_policy(FlightPolicy("cnn"), tmp_path / name / "policy")
    command = [
        "find-target", "explain", str(tmp_path / "a" / "policy"), "--compare", str(tmp_path / "b" / "policy"),
        "--out", str(tmp_path / "out"), "--flights", "2", "--samples", "2", "--json",
    ]  # fmt: skip
    ran = CliRunner().invoke(app, command)
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert list(told["models"]) == ["a", "b"]
    assert told["models"]["a"] == told["models"]["b"]
    assert (tmp_path / "out" / "explain.html").exists()
    again = CliRunner().invoke(app, command)
    assert again.exit_code != 0
    assert "--force" in str(again.exception)


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [("--samples", "3", "samples=3"), ("--flights", "1", "flights=1"), ("--seed", "-1", "seed=-1")],
)
def test_numbers_out_of_range_are_refused_at_once(tmp_path: Path, option: str, value: str, message: str) -> None:
    save_flight_policy(FlightPolicy("cnn"), tmp_path / "a")
    ran = CliRunner().invoke(
        app, ["find-target", "explain", str(tmp_path / "a"), "--out", str(tmp_path / "out"), option, value]
    )
    assert ran.exit_code != 0
    assert message in str(ran.exception)


def test_the_same_policy_twice_is_refused(tmp_path: Path) -> None:
    save_flight_policy(FlightPolicy("cnn"), tmp_path / "a")
    folder = str(tmp_path / "a")
    ran = CliRunner().invoke(
        app, ["find-target", "explain", folder, "--compare", folder, "--out", str(tmp_path / "out")]
    )
    assert "each once" in str(ran.exception)
