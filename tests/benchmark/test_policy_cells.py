from __future__ import annotations

import json
from pathlib import Path

import pytest

from wormdrive.agents.policies.serialization import load_policy
from wormdrive.benchmark.policy_cells import EpisodesCell, PolicyCell
from wormdrive.benchmark.runner import run_cells
from wormdrive.training import imitation
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.progress import Silent

EPISODES = EpisodesCell(RecordConfig(episodes=2, length=24))
TINY = TrainConfig(
    model="feedforward", window=4, steps=4, rounds=1, round_steps=2, round_episodes=1, round_length=20, batch=2
)


def test_names_do_not_depend_on_threads_and_do_on_configurations() -> None:
    cell = PolicyCell("tiny", TINY, EPISODES)
    assert PolicyCell("tiny", TINY, EpisodesCell(EPISODES.config, threads=2), threads=2).name == cell.name
    assert PolicyCell("tiny", TINY, EPISODES, device="cuda").name != cell.name
    assert PolicyCell("tiny", TINY.model_copy(update={"seed": 1}), EPISODES).name != cell.name
    assert PolicyCell("tiny", TINY, EpisodesCell(RecordConfig(episodes=3, length=24))).name != cell.name


@pytest.mark.slow
def test_a_training_killed_in_the_middle_ends_in_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = PolicyCell("tiny", TINY, EPISODES)
    assert run_cells([cell], tmp_path / "whole", Silent()) == 2
    assert sorted(path.name for path in (tmp_path / "whole" / cell.name).iterdir()) == ["journal.jsonl", "policy"]
    assert load_policy(cell.folder(tmp_path / "whole")).config.kind == "feedforward"
    journal = (tmp_path / "whole" / cell.name / "journal.jsonl").read_text().splitlines()
    assert json.loads(journal[-1])["loss"] > 0

    step, calls = imitation.Learner.step, 0

    def killed(*arguments: object) -> float:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise KeyboardInterrupt
        return step(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(imitation.Learner, "step", killed)
    with pytest.raises(KeyboardInterrupt):
        run_cells([cell], tmp_path / "parts", Silent())
    assert not cell.is_done(tmp_path / "parts")
    assert run_cells([cell], tmp_path / "parts", Silent()) == 1
    for file in sorted(cell.folder(tmp_path / "whole").iterdir()):
        assert (cell.folder(tmp_path / "parts") / file.name).read_bytes() == file.read_bytes()
