from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.seasons.sampler import ConditionsSampler
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED
from wormdrive.training.config import RecordConfig
from wormdrive.training.progress import Silent
from wormdrive.training.recorder import record

CONFIG = RecordConfig(episodes=6, length=60, seed=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("recorded") / "episodes"
    recording = record(CONFIG, out)
    assert recording.episodes == 6
    assert recording.frames == sum(len(Episode.load(file)) for file in episode_files(out))
    return out


def test_same_seed_same_files_whatever_else_is_recorded(folder: Path, tmp_path: Path) -> None:
    record(CONFIG.model_copy(update={"episodes": 2}), tmp_path)
    record(CONFIG.model_copy(update={"episodes": 4}), tmp_path, append=True)
    for ours, theirs in zip(episode_files(tmp_path), episode_files(folder), strict=True):
        assert ours.name == theirs.name
        assert ours.read_bytes() == theirs.read_bytes()
    record(CONFIG.model_copy(update={"seed": 5, "episodes": 1}), tmp_path, overwrite=True)
    (only,) = episode_files(tmp_path)
    assert only.read_bytes() != episode_files(folder)[0].read_bytes()


def test_seeds_are_those_of_training_and_conditions_vary(folder: Path) -> None:
    scenarios = [Episode.load(file).scenario for file in episode_files(folder)]
    assert all(s.route_seed < FIRST_ROUTE_SEED and s.seed < FIRST_SEED for s in scenarios)
    assert len({s.route_seed for s in scenarios}) == 6
    assert len({s.conditions.weather.sun_azimuth_angle for s in scenarios}) == 6
    assert {s.conditions.season.name for s in scenarios} == {"summer"}


def test_recoveries_are_in_the_data_and_labels_lead_back(tmp_path: Path) -> None:
    record(RecordConfig(episodes=24, length=240), tmp_path)
    episodes = [Episode.load(file) for file in episode_files(tmp_path)]
    offset = np.concatenate([e.state.lateral_offset_m for e in episodes])
    error = np.concatenate([e.state.heading_error_rad for e in episodes])
    excess = np.concatenate([e.target_curvature - e.state.curvature for e in episodes])
    assert 0.25 < offset.std() < 0.6
    assert np.percentile(np.abs(offset), 99) > 0.9
    left = (offset > 0.5) & (np.abs(error) < 0.03)
    right = (offset < -0.5) & (np.abs(error) < 0.03)
    assert left.sum() > 50
    assert right.sum() > 50
    assert excess[left].mean() < -0.005 < 0.005 < excess[right].mean()


def test_a_folder_that_holds_something_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="not empty; allowed is an empty or new folder, or to append or overwrite"):
        record(CONFIG, folder)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ArgumentError, match="not empty"):
        record(CONFIG, tmp_path)


def test_a_folder_has_one_recorder_at_a_time(tmp_path: Path) -> None:
    out = tmp_path / "new" / "episodes"

    class Meanwhile(Silent):
        def advance(self, done: int, **figures: float) -> None:
            for options in ({}, {"append": True}, {"overwrite": True}):
                with pytest.raises(ArgumentError, match="episodes: another wormdrive is writing into it; allowed is"):
                    record(CONFIG, out, **options)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(CONFIG, out, progress=Meanwhile())
    assert list(tmp_path.iterdir()) == [], "a folder was left in which nothing was written"
    record(RecordConfig(episodes=1, length=16), out)
    assert len(episode_files(out)) == 1
    with pytest.raises(ArgumentError, match=r"\.episode: is a file, not a folder; allowed is"):
        record(CONFIG, episode_files(out)[0])


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_the_middle_it_leaves_whole_files_and_says_so(tmp_path: Path, number: signal.Signals) -> None:
    out = tmp_path / "episodes"
    command = [sys.executable, "-m", "wormdrive", "record", str(out), "--episodes", "4000", "--length", "90"]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while len(list(out.glob("*.episode"))) < 5 and time.monotonic() < deadline:
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    files = episode_files(out)
    rest = f"the same command with --append --episodes {4000 - len(files)} records the rest"
    kept = f"{len(files)} of 4000 episodes are kept in {out}"
    assert said.splitlines()[-1] == f"wormdrive: stopped; {kept}: {rest}"
    assert 5 <= len(files) < 4000
    assert [path.name for path in out.iterdir() if path.suffix != ".episode"] == []
    for file in files:
        Episode.load(file)


class Wanderer:
    """Drives 20 cm to the left of where the expert would."""

    def __init__(self, simulator: Simulator) -> None:
        self._expert = Expert(simulator, simulator.parameters)

    def curvature(self, observation: Observation) -> NDArray[np.float64]:
        return self._expert.curvature(observation) + 0.004


def test_an_expert_and_conditions_of_ones_own(tmp_path: Path) -> None:
    config = RecordConfig(episodes=2, length=90, disturbance=0.0)
    winter = ConditionsSampler.around("winter", season__snow_cover=(0.2, 0.9))
    record(config, tmp_path / "mine", expert=Wanderer, conditions=winter)
    record(config, tmp_path / "usual")
    mine, usual = ([Episode.load(file) for file in episode_files(tmp_path / name)] for name in ("mine", "usual"))
    for one, other in zip(mine, usual, strict=True):
        assert (one.scenario.conditions.season.name, other.scenario.conditions.season.name) == ("winter", "summer")
        assert np.mean(one.state.lateral_offset_m[-30:]) > np.mean(other.state.lateral_offset_m[-30:]) + 0.05
    assert len({episode.scenario.conditions.season.snow_cover for episode in mine}) == 2
    with pytest.raises(ArgumentError, match="conditions='no-such'"):
        record(config, tmp_path / "refused", conditions="no-such")
    with pytest.raises(UserCodeError, match=r"conditions: drew a int: allowed are wormdrive.Conditions"):
        record(config, tmp_path / "refused", conditions=lambda rng: 7)
