from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.common.errors import ModelError
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED
from wormdrive.training.best_policy import BestPolicy
from wormdrive.training.checkpoint import Position
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.imitation import CHECKPOINT, train
from wormdrive.training.recorder import record

CONFIG = TrainConfig(drive_every=10, drive_routes=2)


def best_in(folder: Path, *, anew: bool = False, threads: int = 1) -> BestPolicy:
    return BestPolicy(folder, CONFIG, SimulatorChoice(), threads, anew=anew)


def untrained(bias: float) -> Policy:
    torch.manual_seed(0)
    policy = build_policy({"kind": "feedforward", "observes": "road_state"})
    with torch.no_grad():
        for name, parameter in policy.named_parameters():
            if name.endswith("bias"):
                parameter.add_(bias)
    return policy


def kept(folder: Path) -> dict[str, float]:
    return json.loads((folder / "best.json").read_text())  # type: ignore[no-any-return]


def test_routes_are_summers_and_of_trainings_own_seeds(tmp_path: Path) -> None:
    for scenario in best_in(tmp_path)._scenarios:
        assert scenario.route_seed < FIRST_ROUTE_SEED
        assert scenario.seed < FIRST_SEED
        assert scenario.conditions.season.name == "summer"


@pytest.mark.slow
def test_the_one_that_drives_best_is_kept_by_whichever_process_saw_it(tmp_path: Path) -> None:
    worse, better = untrained(0.3), load_policy("feedforward-blind")
    first = best_in(tmp_path).consider(worse, Position(0, 10))
    assert kept(tmp_path)["step"] == 10
    assert first["drive_before_departure_m"] == kept(tmp_path)["before_departure_m"]
    second = best_in(tmp_path, threads=2).consider(better, Position(0, 20))
    assert second["drive_before_departure_m"] > first["drive_before_departure_m"]
    assert kept(tmp_path)["step"] == 20
    assert best_in(tmp_path).consider(better, Position(0, 30)) == second
    best_in(tmp_path).consider(worse, Position(0, 40))
    assert kept(tmp_path)["step"] == 20, "of equals the earlier stays, and the better one before the later"
    held = load_policy(tmp_path / "best").state_dict()
    assert all(torch.equal(held[name], tensor) for name, tensor in better.state_dict().items())
    best_in(tmp_path, anew=True).consider(worse, Position(0, 10))
    assert kept(tmp_path)["step"] == 10


def test_a_file_that_training_did_not_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "best.json").write_text("{}")
    with pytest.raises(ModelError, match=r"best.json: KeyError\('successes'\): allowed is what training wrote"):
        best_in(tmp_path)._held()


@pytest.mark.slow
def test_a_run_that_looks_ends_in_the_bits_of_one_that_does_not_and_is_resumed_in_its_own(tmp_path: Path) -> None:
    record(RecordConfig(episodes=3, length=20), tmp_path / "episodes")
    plain = TrainConfig(
        model="feedforward", batch=2, window=4, steps=20, rounds=1, round_episodes=2, round_length=20, round_steps=10
    )
    looking = plain.model_copy(update={"drive_every": 10, "drive_routes": 1})
    alone = train(plain, tmp_path / "episodes", tmp_path / "alone", threads=1)
    watched = train(looking, tmp_path / "episodes", tmp_path / "watched", threads=1)
    assert all(torch.equal(a, b) for a, b in zip(alone.parameters(), watched.parameters(), strict=True))
    lines = [json.loads(line) for line in (tmp_path / "watched" / "journal.jsonl").read_text().splitlines()]
    driven = [(line["round"], line["step"]) for line in lines if "drive_successes" in line]
    assert driven == [(0, 10), (0, 20), (1, 10)]
    held = kept(tmp_path / "watched")
    assert (held["round"], held["step"]) in driven
    assert load_policy(tmp_path / "watched" / "best").trained_camera is not None
    (tmp_path / "watched" / CHECKPOINT).unlink()
    (tmp_path / "watched" / "best.json").write_text("{}")  # of a run that was killed before its first checkpoint
    for episode in (tmp_path / "watched" / "rounds" / "01").iterdir():
        episode.unlink()
    (tmp_path / "watched" / "rounds" / "01").rmdir()
    (tmp_path / "watched" / "rounds").rmdir()
    train(looking, tmp_path / "episodes", tmp_path / "watched", threads=1, resume=True)
    assert kept(tmp_path / "watched") == held


def test_what_is_held_out_is_not_trained_on_and_its_loss_is_logged(tmp_path: Path) -> None:
    record(RecordConfig(episodes=4, length=20), tmp_path / "episodes")
    config = TrainConfig(model="feedforward", batch=2, window=4, steps=12, validation=0.25, validate_every=5)
    train(config, tmp_path / "episodes", tmp_path / "run", threads=1)
    lines = [json.loads(line) for line in (tmp_path / "run" / "journal.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [5, 10, 12]
    assert all(line["loss"] > 0.0 and line["validation_loss"] > 0.0 for line in lines)
    assert len({line["validation_loss"] for line in lines}) == 3


@pytest.mark.slow
def test_tensorboard_shows_validation_and_closed_loop_drives_beside_the_loss(tmp_path: Path) -> None:
    record(RecordConfig(episodes=4, length=20), tmp_path / "episodes")
    config = TrainConfig(
        model="feedforward",
        batch=2,
        window=4,
        steps=4,
        validation=0.25,
        validate_every=2,
        drive_every=4,
        drive_routes=1,
    )
    train(config, tmp_path / "episodes", tmp_path / "run", threads=1, tensorboard=True)
    board = EventAccumulator(str(tmp_path / "run" / "tensorboard"))
    board.Reload()
    steps = {tag: [event.step for event in board.Scalars(tag)] for tag in board.Tags()["scalars"]}
    assert steps["loss"] == steps["validation_loss"] == [16, 32]
    assert steps["drive_successes"] == steps["drive_before_departure_m"] == steps["drive_offset_m"] == [32]


@pytest.mark.slow
def test_killed_after_it_kept_the_best_and_before_its_checkpoint_it_keeps_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(RecordConfig(episodes=2, length=20), tmp_path / "episodes")
    config = TrainConfig(
        model="feedforward", batch=2, window=4, steps=20, validation=0.5, drive_every=5, drive_routes=1
    )
    whole = train(config, tmp_path / "episodes", tmp_path / "whole", threads=1)
    consider, calls = BestPolicy.consider, 0

    def killed_the_third_time(self: BestPolicy, policy: Policy, position: Position) -> dict[str, float]:
        nonlocal calls
        figures = consider(self, policy, position)
        calls += 1
        if calls == 3:
            raise SystemExit
        return figures

    monkeypatch.setattr(BestPolicy, "consider", killed_the_third_time)
    with pytest.raises(SystemExit):
        train(config, tmp_path / "episodes", tmp_path / "killed", threads=1, checkpoint_s=0.0)
    again = train(config, tmp_path / "episodes", tmp_path / "killed", threads=1, resume=True)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))
    assert kept(tmp_path / "killed") == kept(tmp_path / "whole")
    one, other = (load_policy(tmp_path / name / "best").parameters() for name in ("whole", "killed"))
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    journals = [(tmp_path / name / "journal.jsonl").read_text().splitlines()[-1] for name in ("whole", "killed")]
    assert json.loads(journals[0])["validation_loss"] == json.loads(journals[1])["validation_loss"]
