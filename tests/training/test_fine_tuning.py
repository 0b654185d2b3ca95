from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy, save_policy, shipped_folder
from wormdrive.envs.common.errors import ArgumentError, ModelError
from wormdrive.training.config import RecordConfig, TrainConfig
from wormdrive.training.fine_tuning import starting_policy
from wormdrive.training.imitation import POLICY, train
from wormdrive.training.recorder import record

SHA256 = json.loads((shipped_folder("feedforward-blind") / "config.json").read_text())["weights_sha256"]


def test_it_begins_with_the_weights_and_remembers_whose() -> None:
    policy = starting_policy("feedforward-blind", "feedforward", {"preprocess": {"height": 78, "width": 200}})
    assert policy.started_from == ("feedforward-blind", SHA256)
    shipped = load_policy("feedforward-blind")
    assert shipped.started_from is None
    for name, tensor in shipped.state_dict().items():
        assert torch.equal(policy.state_dict()[name], tensor)


def test_another_architecture_is_refused_by_name() -> None:
    with pytest.raises(ArgumentError, match="model='lstm': allowed from ncp is its kind, 'ncp'"):
        starting_policy("ncp", "lstm", {})
    with pytest.raises(ArgumentError, match=r"policy.preprocess.width=320: allowed from ncp is its own, 200"):
        starting_policy("ncp", "ncp", {"preprocess": {"width": 320}})
    with pytest.raises(ArgumentError, match="unfolds=0"):
        starting_policy("ncp", "ncp", {"unfolds": 0})


def test_the_starting_point_is_saved_and_checked(tmp_path: Path) -> None:
    policy = starting_policy("feedforward-blind", "feedforward", {})
    save_policy(policy, tmp_path / "tuned")
    assert load_policy(tmp_path / "tuned").started_from == ("feedforward-blind", SHA256)
    file = tmp_path / "tuned" / "config.json"
    data = json.loads(file.read_text())
    for wrong in ({"model": "ncp"}, {"model": "ncp", "weights_sha256": "ab"}, "ncp"):
        file.write_text(json.dumps(data | {"started_from": wrong}))
        with pytest.raises(ModelError, match=r"config.json: started_from=.*: allowed are model, weights_sha256"):
            load_policy(tmp_path / "tuned")
    plain = build_policy({"kind": "feedforward"})
    save_policy(plain, tmp_path / "plain")
    assert "started_from" not in json.loads((tmp_path / "plain" / "config.json").read_text())


def test_training_goes_on_from_there_and_is_resumed_from_there_alone(tmp_path: Path) -> None:
    record(RecordConfig(episodes=2, length=20), tmp_path / "episodes")
    config = TrainConfig(
        model="feedforward", batch=2, window=4, steps=3, learning_rate=1e-9, cell_learning_rate=1e-9, weight_decay=0.0
    )
    tuned = train(config, tmp_path / "episodes", tmp_path / "run", threads=1, start_from="feedforward-blind")
    assert tuned.started_from == ("feedforward-blind", SHA256)
    for name, tensor in load_policy("feedforward-blind").named_parameters():
        torch.testing.assert_close(dict(tuned.named_parameters())[name], tensor, atol=1e-6, rtol=0.0)
    assert load_policy(tmp_path / "run" / POLICY).started_from == tuned.started_from
    again = train(
        config, tmp_path / "episodes", tmp_path / "run", threads=1, start_from="feedforward-blind", resume=True
    )
    assert all(torch.equal(a, b) for a, b in zip(tuned.parameters(), again.parameters(), strict=True))
    with pytest.raises(ModelError, match=r"start_from='[0-9a-f]{64}' when it was written, None now"):
        train(config, tmp_path / "episodes", tmp_path / "run", threads=1, resume=True)
