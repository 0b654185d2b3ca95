from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.config import RecordConfig
from wormdrive.training.recorder import record


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["episodes", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("recorded") / "episodes"
    record(RecordConfig(episodes=2, length=16), out)
    return out


def test_list(recorded: Path) -> None:
    first, second = run("list", recorded).splitlines()
    assert first.startswith("episode-000000.episode  16 frames, 0.5 s, ")
    assert "country_loop, summer" in second
    told = json.loads(run("list", recorded / "episode-000001.episode", "--json"))
    assert told["file"] == str(recorded / "episode-000001.episode")
    assert told["frames"] == 16
    assert 2.0 < told["distance_m"] < 8.0


def test_export(recorded: Path, tmp_path: Path) -> None:
    out = tmp_path / "drives.csv"
    said = json.loads(run("export", recorded, "--to", "csv", "--out", out, "--season", "winter", "--json"))
    assert (said["out"], said["to"], said["episodes"], said["frames"]) == (str(out), "csv", 2, 32)
    assert ",winter," in out.read_text().splitlines()[1]
    told = run("export", recorded, "--to", "csv", "--out", out, "--force")
    assert told.startswith("2 episodes, 32 frames, 0.0 MB in ")
    assert told.endswith(f" s: {out}\n")
    assert ",summer," in out.read_text().splitlines()[1]
    with pytest.raises(ArgumentError, match="--weather dusk: allowed with --season"):
        run("export", recorded, "--to", "csv", "--out", out, "--weather", "dusk")
    with pytest.raises(ArgumentError, match="'rlds' is not one of"):
        run("export", recorded, "--to", "rlds", "--out", out)
