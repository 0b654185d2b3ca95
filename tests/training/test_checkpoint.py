from __future__ import annotations

from pathlib import Path

import pytest
import torch

from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.envs.common.errors import ModelError
from wormdrive.training.checkpoint import Arithmetic, Position, load_checkpoint, save_checkpoint


def pair(kind: str) -> tuple[Policy, torch.optim.Optimizer]:
    policy = build_policy({"kind": kind})
    return policy, torch.optim.AdamW(policy.parameters())


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_truncated_checkpoints_are_named(tmp_path: Path, share: float) -> None:
    policy, optimiser = pair("ncp")
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, policy, optimiser, Position(), Arithmetic.here(False, "cpu"), {})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match=r"checkpoint\.safetensors"):
        load_checkpoint(path, policy, optimiser, {})


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    ours, theirs = pair("ncp"), pair("feedforward")
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, *ours, Position(), Arithmetic.here(False, "cpu"), {"batch": 4})
    with pytest.raises(ModelError, match="batch=4 when it was written, 5 now"):
        load_checkpoint(path, *ours, {"batch": 5})
    with pytest.raises(ModelError, match="do not fit"):
        load_checkpoint(path, *theirs, {"batch": 4})


@pytest.mark.filterwarnings("ignore:.*to a meta parameter")
def test_moments_lie_where_their_parameters_do(tmp_path: Path) -> None:
    policy, optimiser = pair("feedforward")
    images = torch.rand(1, 1, 1, 39, 100)
    policy(images, policy.initial_state(1)).curvature.sum().backward()
    optimiser.step()
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, policy, optimiser, Position(0, 1), Arithmetic.here(False, "cpu"), {})
    other, _ = pair("feedforward")
    other.to("meta")
    there = torch.optim.AdamW(other.parameters())
    load_checkpoint(path, other, there, {})
    moments = [value for state in there.state.values() for value in state.values()]
    assert len(moments) == sum(len(state) for state in optimiser.state.values()) > 0
    assert all(value.is_meta for value in moments)


def test_a_checkpoint_that_does_not_name_its_device_is_of_a_cpu() -> None:
    assert Arithmetic("float32", "2.9") == Arithmetic("float32", "2.9", "cpu")
