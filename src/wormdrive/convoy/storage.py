"""Storage: followers and eyes, each one safetensors file with the configuration that made it; untrusted when read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import torch
from pydantic import BaseModel, ValidationError
from safetensors.torch import save as save_tensors
from torch import nn

from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.agents.weight_files import check_tensors, read_limited, unpack_tensors
from wormdrive.convoy.config import EyesConfig, FollowerConfig
from wormdrive.convoy.eyes import Eyes
from wormdrive.convoy.follower import Follower
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ModelError

__all__ = ["load_eyes", "load_follower", "save_eyes", "save_follower"]

Config = TypeVar("Config", bound=BaseModel)
Module = TypeVar("Module", bound=nn.Module)

MAX_BYTES: Final = 64 << 20


def save_follower(follower: Follower, path: Path) -> None:
    """Write a follower, its eyes included; the same one gives the same bytes."""
    _save(follower, follower.config, "follower", path)


def save_eyes(eyes: Eyes, path: Path) -> None:
    """Write eyes; the same ones give the same bytes."""
    _save(eyes, eyes.config, "eyes", path)


def load_follower(path: Path) -> Follower:
    """Read a follower; it comes back in evaluation mode.

    Raises
    ------
    ModelError
        The file is missing, corrupt, too large or foreign: names it, what was found and what is allowed.
    """
    return _load(path, "follower", FollowerConfig, Follower)


def load_eyes(path: Path) -> Eyes:
    """Read eyes; they come back in evaluation mode.

    Raises
    ------
    ModelError
        As from ``load_follower``.
    """
    return _load(path, "eyes", EyesConfig, Eyes)


def _save(module: nn.Module, config: BaseModel, kind: str, path: Path) -> None:
    tensors = {name: tensor.detach().contiguous() for name, tensor in saved_state(module).items()}
    told = json.dumps({"version": 1, "config": config.model_dump(mode="json")}, sort_keys=True)
    atomic_write(path, bytes(save_tensors(tensors, {f"wormdrive-{kind}": told})))


def _load(path: Path, kind: str, config: type[Config], make: Callable[[Config], Module]) -> Module:
    tensors, metadata = unpack_tensors(path, read_limited(path, MAX_BYTES))
    try:
        told = json.loads(metadata[f"wormdrive-{kind}"])
        parsed = config.model_validate(told["config"])
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise ModelError(f"{path}: holds no {kind}; allowed is what `wormdrive convoy` writes") from error
    if told.get("version") != 1:
        raise ModelError(f"{path}: version {told.get('version')!r}: allowed is 1")
    with torch.random.fork_rng(devices=[]):
        module = make(parsed)
    check_tensors(path, tensors, saved_state(module), kind)
    module.load_state_dict(tensors, strict=False)
    return module.eval()
