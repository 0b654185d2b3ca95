from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from wormdrive.bench.server_client import SCENES
from wormdrive.cli.main import app


@pytest.mark.slow
def test_command_prints_one_json_object() -> None:
    pytest.importorskip("carla")
    result = CliRunner().invoke(app, ["bench", "server", "--json", "--seconds", "0.05", "--rounds", "1"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert set(told["ticks_per_second"]) == set(SCENES)
    assert min(told["ticks_per_second"].values()) > 1.0
    assert told["share_of_in_process"] == pytest.approx(told["ticks_per_second"]["200x80"] / told["in_process"])
    assert 0.1 < told["first_tick_s"] < 120.0
    assert told["memory_mib"] > 50.0
