"""record, train, evaluate and the report, driven on servers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.envs.carla.client.witness import Witness
from tests.support.carla_server import ServerProcess
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.cli.main import app
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.common.errors import EpisodeError, SimulatorError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.conditions import Conditions

TINY = "{batch: 2, window: 4, steps: 2, rounds: 1, round_episodes: 3, round_length: 16, round_steps: 1}"
SUITE = (
    "{name: small, maps: [country_loop], conditions: {summer: [day], winter: [fog]}, episodes: 2, route_length_m: 40}"
)


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def on_servers(server: ServerProcess, second: ServerProcess) -> list[object]:
    return ["--simulator", "carla", "--host", "127.0.0.1", "--port", server.port, "--port", second.port]


@pytest.fixture(scope="module")
def episodes(on_servers: list[object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("commands") / "episodes"
    said = json.loads(run("record", out, "--episodes", 3, "--length", 20, *on_servers, "--json"))
    assert (said["episodes"], said["frames"]) == (3, 60)
    assert 10 < said["distance_m"] < 25
    return out


def test_recorded_episodes_keep_their_frames(
    episodes: Path, server: ServerProcess, second: ServerProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for file in episode_files(episodes):
        episode = Episode.load(file)
        assert episode.simulator == "carla"
        assert episode.frames is not None
        assert episode.frames.shape == (20, 78, 200, 3)
        assert render_episode(episode).camera is episode.frames
        with pytest.raises(EpisodeError, match="own camera frames only"):
            render_episode(episode, Conditions.preset("winter"))
    seen: list[np.ndarray] = []
    step = CarlaSimulator.step

    def noted(simulator: CarlaSimulator, command: np.ndarray):  # type: ignore[no-untyped-def]
        observation = step(simulator, command)
        assert observation.camera is not None
        seen.append(observation.camera[0])
        return observation

    monkeypatch.setattr(CarlaSimulator, "step", noted)
    run("record", tmp_path / "one", "--episodes", 1, "--length", 16, "--simulator", "carla", "--port", server.port)
    episode = Episode.load(episode_files(tmp_path / "one")[0])
    assert episode.frames is not None
    np.testing.assert_array_equal(episode.frames[1:], np.stack(seen[:15]))
    for port in (server.port, second.port):
        Witness(port).assert_clean()


def test_a_server_that_dies_leaves_what_was_recorded_and_the_error_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, steps, step = tmp_path / "some", [0], CarlaSimulator.step
    with ServerProcess("country_loop") as mortal:

        def fatal(simulator: CarlaSimulator, command: np.ndarray):  # type: ignore[no-untyped-def]
            steps[0] += 1
            if steps[0] == 20:  # in the second episode
                mortal.kill()
            return step(simulator, command)

        monkeypatch.setattr(CarlaSimulator, "step", fatal)
        kept = "1 of 4 episodes are kept in .*some: the same command with --append --episodes 3 records the rest"
        with pytest.raises(SimulatorError, match=kept):
            run("record", out, "--episodes", 4, "--length", 16, "--simulator", "carla", "--port", mortal.port,
                "--timeout", 3)  # fmt: skip
    assert len(Episode.load(episode_files(out)[0])) == 16


def test_training_on_them_with_a_round_on_the_servers(
    episodes: Path, on_servers: list[object], server: ServerProcess, tmp_path: Path
) -> None:
    settings = tmp_path / "tiny.yaml"
    settings.write_text(TINY)
    run("train", episodes, "--out", tmp_path / "run", "--config", settings, "--threads", 1, *on_servers)
    assert load_policy(tmp_path / "run" / "policy").config.kind == "ncp"
    driven = [Episode.load(file) for file in episode_files(tmp_path / "run" / "rounds" / "01")]
    assert [(episode.simulator, episode.frames is not None) for episode in driven] == [("carla", True)] * 3
    Witness(server.port).assert_clean()


def test_evaluation_with_a_report(on_servers: list[object], server: ServerProcess, tmp_path: Path) -> None:
    suite = tmp_path / "small.yaml"
    suite.write_text(SUITE)
    out = tmp_path / "report"
    found = json.loads(run("evaluate", "expert", "--suite", suite, "--report", out, *on_servers, "--json"))
    assert [(row["season"], row["successes"]) for row in found["rows"]] == [("summer", 2), ("winter", 2)]
    inside = json.loads(run("evaluate", "expert", "--suite", suite, "--json"))
    for over, row in zip(found["rows"], inside["rows"], strict=True):
        assert over["mean_abs_offset_m"] == pytest.approx(row["mean_abs_offset_m"], abs=0.02)
        assert over["distance_m"] == pytest.approx(row["distance_m"], abs=1.0)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "winter" in page
    assert "video/mp4" in page or "data:image" in page
    Witness(server.port).assert_clean()


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SimulatorError, match=r"localhost:\d+: asking for its version: nothing listens there"):
        run("record", tmp_path / "none", "--simulator", "carla", "--port", 1, "--timeout", 2)
