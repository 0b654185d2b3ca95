from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.find_target.evaluation import FlightRow, write_flights

TINY = "demonstrations: 1\nrounds: 0\nsteps: 1\nbatch: 2\nwindow: 3\nworlds: 1\nsites: 1\n"


def test_results_as_a_table_and_as_json(tmp_path: Path) -> None:
    rows = [
        FlightRow(model, seed, "winter", k, "found" if k < 5 else "lost", 1.0, 1.0)
        for model in ("ncp", "cnn")
        for seed in range(2)
        for k in range(10)
    ]
    write_flights(tmp_path / "flights.csv", rows)
    table = CliRunner().invoke(app, ["find-target", "results", str(tmp_path / "flights.csv")])
    assert table.exit_code == 0
    assert "winter" in table.stdout
    assert "50 (" in table.stdout
    told = CliRunner().invoke(app, ["find-target", "results", str(tmp_path / "flights.csv"), "--json"])
    rates = json.loads(told.stdout)["rates"]
    assert [rate["success"]["estimate"] for rate in rates] == [0.5, 0.5]
    assert rates[1]["difference"]["estimate"] is None


@pytest.mark.slow
def test_train_then_evaluate(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    config = str(tmp_path / "tiny.yaml")
    trained = CliRunner().invoke(
        app, ["find-target", "train", "--kind", "cnn", "--out", str(tmp_path / "p"), "--config", config, "--json"]
    )
    assert json.loads(trained.stdout)["kind"] == "cnn"
    tested = CliRunner().invoke(
        app, ["find-target", "evaluate", str(tmp_path / "p"), "--flights", "1", "--condition", "fog", "--json"]
    )
    (rate,) = json.loads(tested.stdout)["rates"]
    assert (rate["model"], rate["condition"], rate["flights"]) == ("cnn", "fog", 1)


@pytest.mark.slow
def test_record_then_list_then_train(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(TINY)
    folder, config = str(tmp_path / "flights"), ["--config", str(tmp_path / "tiny.yaml")]
    recorded = CliRunner().invoke(app, ["find-target", "record", folder, "--flights", "2", *config, "--json"])
    told = json.loads(recorded.stdout)
    assert (told["flights"], told["found"]) == (2, 2)
    listed = CliRunner().invoke(app, ["episodes", "list", folder]).stdout.splitlines()
    assert [line.endswith(": found") for line in listed] == [True, True]
    trained = CliRunner().invoke(
        app, ["find-target", "train", "--kind", "cnn", "--episodes", folder, "--out", str(tmp_path / "p"), *config]
    )
    assert trained.exit_code == 0
    again = CliRunner().invoke(app, ["find-target", "record", folder, *config])
    assert "holds episodes" in str(again.exception)


@pytest.mark.slow
def test_flights_of_a_test_are_recorded_by_condition_and_reported(tmp_path: Path) -> None:
    options = ["--flights", "1", "--condition", "other art", "--condition", "summer", "--record", str(tmp_path / "r")]
    options += ["--out", str(tmp_path / "out")]
    tested = CliRunner().invoke(app, ["find-target", "evaluate", "expert", *options, "--json"])
    assert [rate["model"] for rate in json.loads(tested.stdout)["rates"]] == ["expert", "expert"]
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == ["00-other-art", "01-summer"]
    assert "<strong>expert</strong> found the object in" in (tmp_path / "out" / "report.html").read_text()
    again = CliRunner().invoke(app, ["find-target", "evaluate", "expert", *options])
    assert "holds episodes" in str(again.exception)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--shard", "half"], "shard='half'"),
        (["--config", "none.yaml"], "none.yaml: cannot be read"),
        (["--suite", "wood"], "suite='wood'"),
    ],
)
def test_what_is_not_allowed_is_named(options: list[str], reason: str, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["find-target", "benchmark", "--out", str(tmp_path / "out"), *options])
    assert isinstance(told.exception, ArgumentError)
    assert reason in str(told.exception)


def test_a_setting_that_is_not_allowed_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("steps: -1\n")
    told = CliRunner().invoke(
        app, ["find-target", "train", "--out", str(tmp_path / "p"), "--config", str(tmp_path / "bad.yaml")]
    )
    assert "steps=-1" in str(told.exception)
