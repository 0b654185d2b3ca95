from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.common.checksummed import read_checksummed
from wormdrive.envs.common.errors import ArgumentError, EpisodeError, MissingPackageError, ModelError
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulator_factory import open_simulator
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.evaluate import drive_candidate
from wormdrive.training import imitation, learner
from wormdrive.training.config import RECIPES, RecordConfig, TrainConfig, recipe
from wormdrive.training.frame_cache import FrameCache
from wormdrive.training.imitation import CHECKPOINT, POLICY, train
from wormdrive.training.loss import imitation_loss
from wormdrive.training.progress import Silent
from wormdrive.training.recorder import record

ROOT = Path(__file__).parents[2]
TINY = TrainConfig(
    batch=2, window=4, steps=30, rounds=2, round_episodes=3, round_length=20, round_steps=12, curvature_scale=20.0
)


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("episodes")
    record(RecordConfig(episodes=3, length=30), out)
    return out


@pytest.fixture(scope="module")
def undisturbed(episodes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "undisturbed"
    train(TINY, episodes, out, threads=1)
    return out


def weights(out: Path) -> dict[str, torch.Tensor]:
    return load_policy(out / POLICY).state_dict()


def identical(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_second_training_reads_what_the_first_drew_and_learns_the_same(
    episodes: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Phases(Silent):
        def begin(self, phase: str, total: int, unit: str) -> None:
            phases.append(phase)

    monkeypatch.setattr(imitation, "FrameCache", lambda: FrameCache(tmp_path / "frames", 1 << 30))
    for name, verb in (("first", "draw"), ("second", "read")):
        phases: list[str] = []
        train(TINY, episodes, tmp_path / name, threads=1, progress=Phases())
        assert [phase for phase in phases if "frames" in phase] == [f"{verb} frames{n}" for n in ("", " 1", " 2")]
        assert identical(weights(tmp_path / name), weights(undisturbed))


def test_rounds_are_driven_by_the_policy_and_labelled_by_the_expert(undisturbed: Path) -> None:
    for number in ("01", "02"):
        driven = [Episode.load(file) for file in episode_files(undisturbed / "rounds" / number)]
        assert len(driven) == 3
        for episode in driven:
            steer, target = episode.command[:, 0], episode.target_curvature
            assert np.isfinite(target).all()
            assert np.abs(np.corrcoef(steer, target)[0, 1]) < 0.999, "the expert alone drove"


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_in_the_same_bits(episodes: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    code = (
        "import sys; from wormdrive.training.imitation import train; from wormdrive.training.config import TrainConfig;"
        "train(TrainConfig.model_validate_json(sys.argv[1]), sys.argv[2], sys.argv[3],"
        " resume=True, threads=1, checkpoint_s=0.0)"
    )
    command = [sys.executable, "-c", code, TINY.model_dump_json(), str(episodes), str(out)]
    chance = random.Random(7)
    kills = 0
    for _ in range(20):
        began = _newest(out)
        process = subprocess.Popen(command, cwd=ROOT)
        # let it get somewhere, then strike: during steps, between rounds, while a file is written
        while process.poll() is None and _newest(out) == began:
            time.sleep(0.005)
        try:
            assert process.wait(chance.uniform(0.0, 0.7) if kills < 3 else 120) == 0
            break
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    assert kills >= 2
    assert identical(weights(out), weights(undisturbed))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_within_a_step_it_keeps_that_step(
    episodes: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    out = tmp_path / "stopped"
    steps = 0

    def loss(*values: Any) -> torch.Tensor:
        nonlocal steps
        steps += 1
        if steps == 7:
            signal.raise_signal(number)
        return imitation_loss(*values)

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as the command does
    try:
        with monkeypatch.context() as patch:
            patch.setattr(learner, "imitation_loss", loss)
            with pytest.raises(KeyboardInterrupt):
                train(TINY, episodes, out, threads=1)
    finally:
        assert signal.signal(signal.SIGTERM, before) is signal.default_int_handler
    assert steps == 7
    about, _ = read_checksummed(out / CHECKPOINT, "wormdrive-checkpoint", 2, ModelError, 1 << 30)
    assert about["position"] == {"round_": 0, "step": 7}
    train(TINY, episodes, out, resume=True)
    assert identical(weights(out), weights(undisturbed))


def _newest(out: Path) -> int:
    checkpoint = out / CHECKPOINT
    return checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0


def test_another_seed_gives_other_weights(episodes: Path, undisturbed: Path, tmp_path: Path) -> None:
    train(TINY.model_copy(update={"seed": 1, "rounds": 0}), episodes, tmp_path / "other", threads=1)
    assert not identical(weights(tmp_path / "other"), weights(undisturbed))


def test_any_number_of_threads_gives_the_same_bits(episodes: Path, tmp_path: Path) -> None:
    short = TINY.model_copy(update={"steps": 3, "rounds": 1, "batch": 4})
    for threads in (1, 2, 3):
        train(short, episodes, tmp_path / str(threads), threads=threads)
    assert identical(weights(tmp_path / "1"), weights(tmp_path / "2"))
    assert identical(weights(tmp_path / "1"), weights(tmp_path / "3"))


def test_resume_refuses_other_settings_episodes_and_torch(
    episodes: Path, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    shutil.copytree(undisturbed, out)
    with pytest.raises(ArgumentError, match="already holds a run"):
        train(TINY, episodes, out)
    with pytest.raises(ModelError, match="batch=2 when it was written, 3 now"):
        train(TINY.model_copy(update={"batch": 3}), episodes, out, resume=True)
    monkeypatch.setattr(torch, "__version__", "0.1")
    with pytest.raises(ArgumentError, match=r"torch='2.*torch='0\.1'.*only the same arithmetic"):
        train(TINY, episodes, out, resume=True)
    monkeypatch.undo()
    monkeypatch.setattr(imitation, "choose_device", lambda name: torch.device("meta"))
    refused = pytest.raises(ArgumentError, match=r"device='cpu'.*resumed with.*device='meta'.*only the same arithmetic")
    with refused, pytest.warns(UserWarning, match="to a meta parameter"):
        train(TINY, episodes, out, resume=True, device="cuda")
    monkeypatch.undo()
    more = tmp_path / "more"
    record(RecordConfig(episodes=1, length=30, seed=9), more)
    with pytest.raises(ModelError, match="episodes="):
        train(TINY, [episodes, more], out, resume=True)
    shutil.rmtree(out / "rounds" / "01")
    with pytest.raises(ModelError, match="01: gone"):
        train(TINY, episodes, out, resume=True)


def test_a_finished_run_taken_up_again_changes_nothing(episodes: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    shutil.copytree(undisturbed, out)
    shutil.rmtree(out / POLICY)
    train(TINY, episodes, out, resume=True)
    assert identical(weights(out), weights(undisturbed))


def test_corrupt_inputs_are_named(episodes: Path, undisturbed: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    shutil.copytree(undisturbed, out)
    data = bytearray((out / CHECKPOINT).read_bytes())
    data[len(data) // 2] ^= 4
    (out / CHECKPOINT).write_bytes(data)
    with pytest.raises(ModelError, match=r"checkpoint\.safetensors: corrupt"):
        train(TINY, episodes, out, resume=True)
    broken = tmp_path / "episodes"
    shutil.copytree(episodes, broken)
    file = episode_files(broken)[1]
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(EpisodeError, match=file.name):
        train(TINY, broken, tmp_path / "new")


def test_recipes_hold_and_see_summer_alone() -> None:
    for name in RECIPES:
        found = recipe(name)
        assert found.record.season == "summer"
        assert found.train.round_season == "summer"
        assert found.train.model == "ncp"
    with pytest.raises(ArgumentError, match="recipe='lunch': allowed are demo, full"):
        recipe("lunch")


@pytest.mark.parametrize("kind", ["feedforward"])
def test_other_models_train_too(episodes: Path, tmp_path: Path, kind: str) -> None:
    policy = train(
        TINY.model_copy(update={"model": kind, "rounds": 0, "steps": 3}), episodes, tmp_path / kind, threads=1
    )
    assert policy.config.kind == kind
    with pytest.raises(ArgumentError, match="kind='horse': allowed are"):
        train(TINY.model_copy(update={"model": "horse"}), episodes, tmp_path / "horse")


@pytest.mark.slow
def test_a_policy_is_evaluated_through_the_camera_that_it_was_trained_through(tmp_path: Path) -> None:
    """Also at another size, which the policy takes over where its configuration says none."""
    camera = CameraConfig(width=320, height=160, fov_deg=60.0, pitch_rad=0.2)
    record(RecordConfig(episodes=2, length=20), tmp_path / "episodes", camera=camera)
    tiny = TrainConfig(batch=2, window=4, steps=2, rounds=1, round_episodes=1, round_length=16, round_steps=1)
    train(tiny, tmp_path / "episodes", tmp_path / "run", threads=1)
    candidate = load_candidate(tmp_path / "run" / POLICY)
    assert candidate.policy is not None
    assert (candidate.policy.config.preprocess.width, candidate.policy.config.preprocess.height) == (320, 160)
    opened = []

    def make_simulator(worlds: int, seen_through: CameraConfig | None) -> Simulator:
        opened.append(seen_through)
        return open_simulator(worlds=worlds, camera=seen_through)

    scenario = Scenario(route_length_m=20.0)
    (drive,) = drive_candidate(candidate, [scenario], make_simulator)
    assert opened == [camera]
    assert len(drive.x_m) > 5


def test_another_size_than_that_of_the_frames_is_refused(episodes: Path, tmp_path: Path) -> None:
    config = TINY.model_copy(update={"policy": {"preprocess": {"width": 320}}})
    with pytest.raises(ArgumentError, match=r"policy\.preprocess\.width=320: allowed is 200"):
        train(config, episodes, tmp_path / "run", threads=1)


def test_tensorboard_missing_is_said(episodes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(MissingPackageError, match=r"is not installed: pip install 'wormdrive\[tensorboard\]'$"):
        train(TINY, episodes, tmp_path / "board", tensorboard=True)
