from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.network_monitor import NetworkMonitor
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.scenarios.suite import load_suite
from wormdrive.training import frames
from wormdrive.training.config import RecordConfig, TrainConfig, recipe
from wormdrive.training.imitation import POLICY, train
from wormdrive.training.learner import Learner
from wormdrive.training.observed_frames import observed_frames
from wormdrive.training.recorder import record
from wormdrive.training.sequence_sampler import SequenceSampler

TOLD = {"output_scale": 0.1, "observes": "road_state"}
TINY = TrainConfig(policy=TOLD, batch=4, window=4, steps=20, rounds=1, round_episodes=2, round_length=20, round_steps=5)


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("episodes")
    record(RecordConfig(episodes=3, length=30), out)
    return out


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture can be drawn."""

    def drawn(*_args: object, **_options: object) -> None:
        raise AssertionError("a picture was drawn")

    monkeypatch.setattr("wormdrive.training.observed_frames.draw_frames", drawn)
    monkeypatch.setattr(EmbeddedSimulator, "_new_renderer", drawn)


def loaded(folder: Path) -> list[Episode]:
    return [Episode.load(file) for file in episode_files(folder)]


def test_of_a_policy_with_eyes_they_are_the_pictures(episodes: Path) -> None:
    policy = build_policy({"kind": "feedforward"})
    (one, *_), (same, *_) = (
        observed_frames(policy, loaded(episodes)),
        frames.draw_frames(loaded(episodes), policy.config.preprocess),
    )
    assert torch.equal(one.images, same.images)
    assert torch.equal(one.classes, same.classes)
    assert torch.equal(one.lane_width_m, same.lane_width_m)


@pytest.mark.usefixtures("blind")
def test_told_ones_are_scaled_states_beside_the_same_labels(episodes: Path) -> None:
    policy, recorded = build_policy({"kind": "ncp", **TOLD}), loaded(episodes)
    found = observed_frames(policy, recorded)
    for episode, told in zip(recorded, found, strict=True):
        assert told.images.shape == (len(episode), 3)
        np.testing.assert_allclose(told.images[:, 0], episode.state.lateral_offset_m / 0.4, rtol=1e-6)
        np.testing.assert_allclose(told.images[:, 1], episode.state.heading_error_rad / 0.06, rtol=1e-6)
        np.testing.assert_allclose(told.images[:, 2], episode.state.curvature / 0.01, rtol=1e-6)
        np.testing.assert_allclose(told.target, episode.target_curvature, rtol=1e-6)
    sampler = SequenceSampler(found, window=4)
    batch = sampler.gather(sampler.choose(5, np.random.default_rng(0)))
    assert batch.images.shape == (5, 4, 3)
    learner = Learner(policy, TINY, CameraConfig(), bf16=False)
    learner.step(sampler, 0, 0, 10)  # by the default augmentation, which leaves what is told alone


@pytest.mark.usefixtures("blind")
def test_training_draws_nothing_and_its_policy_drives_without_a_camera(episodes: Path, tmp_path: Path) -> None:
    train(TINY, episodes, tmp_path / "one", threads=1)
    train(TINY.model_copy(update={"steps": 20}), episodes, tmp_path / "two", threads=2)
    one, two = (load_policy(tmp_path / name / POLICY) for name in ("one", "two"))
    assert all(torch.equal(value, two.state_dict()[name]) for name, value in one.state_dict().items())
    candidate = load_candidate(tmp_path / "one" / POLICY)
    assert candidate.camera is None
    scenarios = [load_suite("four-seasons").scenarios((season, "day"))[0] for season in ("summer", "winter")]
    short = [scenario.model_copy(update={"route_length_m": 30.0}) for scenario in scenarios]
    for drive in drive_candidate(candidate, short, embedded()):
        assert drive.distance_m > 5.0


def test_who_sees_nothing_has_nothing_to_show() -> None:
    policy = build_policy({"kind": "ncp", **TOLD})
    with pytest.raises(ArgumentError, match="observes='road_state' has no eyes"):
        NetworkMonitor(policy, lambda: None)


@pytest.mark.slow
def test_the_recipe_drives_summer_and_winter_alike(tmp_path: Path) -> None:
    how = recipe("state")
    record(how.record.model_copy(update={"episodes": 100}), tmp_path / "episodes")
    config = how.train.model_copy(update={"model": "feedforward", "steps": 200, "rounds": 0})
    train(config, tmp_path / "episodes", tmp_path / "run", threads=1)
    suite = load_suite("four-seasons")
    scenarios = [suite.scenarios((season, "day"))[k] for season in ("summer", "winter") for k in range(2)]
    drives = drive_candidate(load_candidate(tmp_path / "run" / POLICY), scenarios, embedded())
    assert [drive.success for drive in drives] == [True] * 4
