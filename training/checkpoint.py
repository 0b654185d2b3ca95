"""Checkpoints: everything that decides how training goes on, in one checksummed file.

Windows, augmentation and drives follow from (seed, round, step), and so does the learning rate; what is left to keep is
the weights, the optimiser's moments and the position. A run taken up from a checkpoint ends in the same bits as one
that was never stopped, provided that arithmetic is the same: precision, torch's version and the kind of device are kept
as well. The weights themselves load anywhere, as those of a policy do.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.envs.common.checksummed import read_checksummed, write_checksummed
from wormdrive.envs.common.errors import ModelError

__all__ = ["Arithmetic", "Position", "load_checkpoint", "save_checkpoint"]

_KIND: Final = "wormdrive-checkpoint"
_VERSION: Final = 2
_MAX_BYTES: Final = 2 << 30


@dataclass(frozen=True, order=True)
class Position:
    """How far training has come: ``step`` steps of round ``round_`` are done; round 0 is plain imitation."""

    round_: int = 0
    step: int = 0


@dataclass(frozen=True)
class Arithmetic:
    """What the bits of a step depend on besides its numbers."""

    precision: str
    torch: str
    device: str = "cpu"  # of all checkpoints that do not say

    @classmethod
    def here(cls, bf16: bool, device: str) -> Arithmetic:
        """Describe this process, on a kind of device."""
        return cls("bf16" if bf16 else "float32", torch.__version__, device)


def save_checkpoint(
    path: Path,
    policy: nn.Module,
    optimiser: torch.optim.Optimizer,
    position: Position,
    arithmetic: Arithmetic,
    identity: dict[str, Any],
) -> None:
    """Write a checkpoint; ``identity`` (JSON values) says which configuration and data the run belongs to."""
    arrays = {f"policy.{name}": _array(tensor) for name, tensor in saved_state(policy).items()}
    for index, parameter in enumerate(_parameters(optimiser)):
        for key, value in optimiser.state.get(parameter, {}).items():
            arrays[f"optimiser.{index}.{key}"] = _array(value)
    about = {"position": asdict(position), "arithmetic": asdict(arithmetic), "identity": identity}
    write_checksummed(path, _KIND, _VERSION, about, arrays)


def load_checkpoint(
    path: Path, policy: nn.Module, optimiser: torch.optim.Optimizer, identity: dict[str, Any]
) -> tuple[Position, Arithmetic]:
    """Bring ``policy`` and ``optimiser``, on whatever device, to where a checkpoint left them.

    Raises
    ------
    ModelError
        The file is missing, truncated, corrupt, foreign, or of a run with another configuration or other episodes.
    """
    about, arrays = read_checksummed(path, _KIND, _VERSION, ModelError, _MAX_BYTES)
    try:
        position, arithmetic = Position(**about["position"]), Arithmetic(**about["arithmetic"])
        held: dict[str, Any] = about["identity"]
        differences = [key for key in sorted(held.keys() | identity.keys()) if held.get(key) != identity.get(key)]
    except (KeyError, TypeError, AttributeError) as problem:
        raise ModelError(f"{path}: corrupt description: {problem!r}") from problem
    for key in differences:
        raise ModelError(
            f"{path}: {key}={held.get(key)!r} when it was written, {identity.get(key)!r} now; resuming allows no change"
        )
    _restore_policy(path, policy, arrays)
    for index, parameter in enumerate(_parameters(optimiser)):
        prefix = f"optimiser.{index}."
        state = {name.removeprefix(prefix): _tensor(a) for name, a in arrays.items() if name.startswith(prefix)}
        if any(value.numel() != 1 and value.shape != parameter.shape for value in state.values()):
            raise ModelError(f"{path}: the optimiser's state does not fit parameter {index}")
        if state:
            optimiser.state[parameter] = {key: _laid_out_as(parameter, value) for key, value in state.items()}
    return position, arithmetic


def _restore_policy(path: Path, policy: nn.Module, arrays: dict[str, np.ndarray[Any, Any]]) -> None:
    tensors = {
        name.removeprefix("policy."): _tensor(array) for name, array in arrays.items() if name.startswith("policy.")
    }
    try:
        policy.load_state_dict(tensors)
    except (RuntimeError, ValueError) as problem:
        raise ModelError(f"{path}: weights do not fit the policy: {' '.join(str(problem).split())}") from problem


def _parameters(optimiser: torch.optim.Optimizer) -> list[Tensor]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]


def _array(value: Tensor) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = value.detach().cpu().contiguous().numpy()
    return array


def _tensor(array: np.ndarray[Any, Any]) -> Tensor:
    return torch.from_numpy(array.copy())


def _laid_out_as(parameter: Tensor, value: Tensor) -> Tensor:
    """Moments lie where and as their parameter does, as the optimiser itself would have laid them out."""
    value = value.to(parameter.device)
    if value.ndim == 4 and parameter.is_contiguous(memory_format=torch.channels_last):
        return value.contiguous(memory_format=torch.channels_last)
    return value
