from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import gymnasium
import minari
import numpy as np
import pytest
from packaging.version import Version

from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.training.episode_export.exporting import export_episodes


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "datasets"))
    return tmp_path / "datasets"


def test_minari_reads_it_and_the_environment_comes_back_with_the_same_transitions(recorded: Path, home: Path) -> None:
    export_episodes(recorded, "minari", home / "wormdrive" / "summer-v0", observation=["camera", "state"])
    data = minari.load_dataset("wormdrive/summer-v0")
    assert minari.list_local_datasets().keys() == {"wormdrive/summer-v0"}
    episodes = [Episode.load(file) for file in episode_files(recorded)]
    assert (data.total_episodes, data.total_steps) == (2, sum(len(episode) - 1 for episode in episodes))
    env = data.recover_environment()
    assert env.observation_space == data.observation_space
    assert env.action_space == data.action_space
    assert env.spec is not None
    assert env.spec.id == "wormdrive/LaneKeeping-v1"
    assert "map" not in gymnasium.spec("wormdrive/LaneKeeping-v1").kwargs
    for found, metadata, episode in zip(data, data.storage.get_episode_metadata([0, 1]), episodes, strict=True):
        pictures = render_episode(episode).camera
        assert pictures is not None
        # JPEG, as Minari keeps pictures
        assert 0.0 < np.abs(found.observations["camera"].astype(int) - pictures).mean() < 10.0
        np.testing.assert_array_equal(found.actions[:, 0], episode.command[:-1, 0].astype(np.float32))
        assert found.truncations.tolist() == [False] * (len(episode) - 2) + [True]
        assert not found.terminations.any()
        np.testing.assert_array_equal(found.infos["target_curvature"], episode.target_curvature)
        # driven again, the same is seen and paid; the actions are rounded to float32
        seen, _ = env.reset(options={"scenario": Scenario.model_validate_json(metadata["scenario"])})
        np.testing.assert_allclose(seen["state"], found.observations["state"][0], atol=1e-6)
        for step, action in enumerate(found.actions):
            seen, reward, terminated, _, _ = env.step(action)
            np.testing.assert_allclose(seen["state"], found.observations["state"][step + 1], atol=1e-4)
            assert reward == pytest.approx(found.rewards[step], abs=1e-4)
            assert not terminated


@pytest.mark.skipif(
    Version(minari.__version__) < Version("0.5.4"), reason="Minari 0.5.4, for Python 3.11 and later, keeps them"
)
def test_pictures_without_loss(recorded: Path, tmp_path: Path) -> None:
    export_episodes(recorded, "minari", tmp_path / "summer-v0", lossless=True)
    for found, file in zip(minari.MinariDataset(tmp_path / "summer-v0" / "data"), episode_files(recorded), strict=True):
        np.testing.assert_array_equal(found.observations, render_episode(Episode.load(file)).camera)


def test_names_are_those_of_minari(recorded: Path, tmp_path: Path) -> None:
    export_episodes(recorded, "minari", tmp_path / "elsewhere" / "summer-v3", observation="state")
    data = minari.MinariDataset(tmp_path / "elsewhere" / "summer-v3" / "data")
    assert data.spec.dataset_id == "summer-v3"
    for name in ("summer", "two words-v0"):
        with pytest.raises(ArgumentError, match="allowed is a folder with a name and a version"):
            export_episodes(recorded, "minari", tmp_path / name, observation="state")
    assert not (tmp_path / "summer").exists()


def test_pedals_are_a_second_action_and_not_mixed_with_the_cruise_control(recorded: Path, tmp_path: Path) -> None:
    episode = Episode.load(episode_files(recorded)[0])
    command = episode.command.copy()
    command[:, 1] = np.linspace(-1.0, 1.0, len(command))
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    replace(episode, command=command).save(mixed / "a.episode")
    export_episodes(mixed, "minari", tmp_path / "pedals-v0", observation="state")
    (found,) = minari.MinariDataset(tmp_path / "pedals-v0" / "data")
    np.testing.assert_array_equal(found.actions, command[:-1].astype(np.float32))
    episode.save(mixed / "b.episode")
    with pytest.raises(EpisodeError, match=r"b\.episode: 0 of 19 commands have an acceleration; .*pedals"):
        export_episodes(mixed, "minari", tmp_path / "other-v0", observation="state")


def test_what_does_not_fit(recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="observation='smell'"):
        export_episodes(recorded, "minari", tmp_path / "x-v0", observation="smell")
    short = tmp_path / "short.episode"
    Episode.load(episode_files(recorded)[0]).part(0, 1).save(short)
    with pytest.raises(EpisodeError, match=r"short\.episode: one frame"):
        export_episodes(short, "minari", tmp_path / "x-v0", observation="state")
