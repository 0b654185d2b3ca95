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
