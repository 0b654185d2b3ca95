from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app


@pytest.mark.slow
def test_rates_of_one_batch_and_of_processes() -> None:
    result = CliRunner().invoke(
        app, ["bench", "sb3", "--json", "--seconds", "0.01", "--rounds", "1", "--processes", "2"]
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    (name,) = told["peers"]
    assert name == "SubprocVecEnv, 2 processes"
    assert told["ratio"][name] == pytest.approx(told["frames_per_second"] / told["peers"][name])
    assert min(told["frames_per_second"], told["peers"][name]) > 5.0
    assert told["processors"] >= 1
