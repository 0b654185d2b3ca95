from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app


@pytest.mark.slow
def test_times_of_a_map() -> None:
    result = CliRunner().invoke(app, ["bench", "map", "--json", "--rounds", "1", "--towns", "2"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["roads"] == 2 * 159
    assert 1.5 < told["megabytes"] < 2.0
    assert 0.0 < told["read_s"] < told["first_reset_s"]
