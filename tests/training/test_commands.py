"""``wormdrive record`` and ``wormdrive train``: what they print, append to, resume and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from wormdrive.agents.policies.serialization import load_policy
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError, EpisodeError, ModelError
from wormdrive.envs.episodes.episode import episode_files

TINY = "{batch: 2, window: 4, round_episodes: 2, round_length: 16, round_steps: 2}"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("commands") / "episodes"
    said = json.loads(run("record", out, "--episodes", 2, "--length", 20, "--weather", "day", "--json"))
    assert said["episodes"] == len(episode_files(out)) == 2
    assert said["frames"] == 40
    assert 2 < said["distance_m"] < 20
    return out


def test_record_refuses_and_appends(episodes: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="not empty"):
        run("record", episodes)
    with pytest.raises(ArgumentError, match="season='monsoon'"):
        run("record", tmp_path / "a", "--season", "monsoon")
    run("record", tmp_path / "b", "--episodes", 1, "--length", 16)
    run("record", tmp_path / "b", "--episodes", 1, "--length", 16, "--append")
    assert [file.name for file in episode_files(tmp_path / "b")] == ["episode-000000.episode", "episode-000001.episode"]


def test_train_and_resume_without_naming_settings_again(episodes: Path, tmp_path: Path) -> None:
    settings = tmp_path / "tiny.yaml"
    settings.write_text(TINY)
    out = tmp_path / "run"
    options = ("--config", settings, "--steps", 3, "--rounds", 1, "--seed", 5, "--threads", 1)
    said = json.loads(run("train", episodes, "--out", out, *options, "--json"))
    assert said["policy"] == str(out / "policy")
    written = json.loads((out / "config.json").read_text())
    assert (written["steps"], written["rounds"], written["seed"], written["batch"]) == (3, 1, 5, 2)
    before = load_policy(out / "policy").state_dict()
    run("train", episodes, "--out", out, "--resume")
    after = load_policy(out / "policy").state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    with pytest.raises(ModelError, match="seed=5 when it was written, 6 now"):
        run("train", episodes, "--out", out, "--resume", "--seed", 6)
    with pytest.raises(ArgumentError, match="already holds a run"):
        run("train", episodes, "--out", out)


def test_train_names_what_is_wrong(episodes: Path, tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match="no such folder"):
        run("train", tmp_path / "nothing", "--out", tmp_path / "out")
    with pytest.raises(ArgumentError, match="rounds=-1"):
        run("train", episodes, "--out", tmp_path / "out", "--rounds", -1)
    with pytest.raises(ArgumentError, match="recipe='x': allowed are demo, full"):
        run("train", episodes, "--out", tmp_path / "out", "--recipe", "x")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("{banana: 3}")
    with pytest.raises(ArgumentError, match=r"wrong\.yaml: banana=3"):
        run("train", episodes, "--out", tmp_path / "out", "--config", wrong)
    wrong.write_text("- 1")
    with pytest.raises(ArgumentError, match="a list; allowed is a table"):
        run("train", episodes, "--out", tmp_path / "out", "--config", wrong)
    with pytest.raises(ArgumentError, match="kind='horse'"):
        run("train", episodes, "--out", tmp_path / "out", "--model", "horse")
    with pytest.raises(ArgumentError, match="device='tpu': allowed are cpu, cuda"):
        run("train", episodes, "--out", tmp_path / "out", "--device", "tpu")
