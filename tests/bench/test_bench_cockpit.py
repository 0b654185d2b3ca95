from __future__ import annotations

import json
import os

from typer.testing import CliRunner

from wormdrive.cli.main import app


def test_the_parts_are_told_and_nothing_is_left_behind() -> None:
    before = os.environ.get("SDL_VIDEODRIVER")
    result = CliRunner().invoke(app, ["bench", "cockpit", "--json", "--seconds", "0.01", "--rounds", "1"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["frames_per_second"] > 0.0
    assert told["wanted"] == 25.0
    assert all(rate > 0.0 for rate in told["details"].values())
    assert len(told["details"]) == 5
    assert os.environ.get("SDL_VIDEODRIVER") == before
