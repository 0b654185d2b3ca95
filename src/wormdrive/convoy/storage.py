"""Storage: a follower as one safetensors file, with the configuration that made it; untrusted when read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import torch
from pydantic import ValidationError
from safetensors.torch import save as save_tensors

from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.agents.weight_files import check_tensors, read_limited, unpack_tensors
from wormdrive.convoy.config import FollowerConfig
from wormdrive.convoy.follower import Follower
from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ModelError

__all__ = ["load_follower", "save_follower"]

FORMAT: Final = "wormdrive-follower"
MAX_BYTES: Final = 64 << 20


def save_follower(follower: Follower, path: Path) -> None:
    """Write a follower; the same one gives the same bytes."""
    tensors = {name: tensor.detach().contiguous() for name, tensor in saved_state(follower).items()}
    told = json.dumps({"version": 1, "follower": follower.config.model_dump(mode="json")}, sort_keys=True)
    atomic_write(path, bytes(save_tensors(tensors, {FORMAT: told})))


def load_follower(path: Path) -> Follower:
    """Read a follower; it comes back in evaluation mode.

    Raises
    ------
    ModelError
        The file is missing, corrupt, too large or foreign: names it, what was found and what is allowed.
    """
    tensors, metadata = unpack_tensors(path, read_limited(path, MAX_BYTES))
    try:
        told = json.loads(metadata[FORMAT])
        config = FollowerConfig.model_validate(told["follower"])
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        raise ModelError(f"{path}: names no follower; allowed is what `wormdrive convoy train` writes") from error
    if told.get("version") != 1:
        raise ModelError(f"{path}: version {told.get('version')!r}: allowed is 1")
    with torch.random.fork_rng(devices=[]):
        follower = Follower(config)
    check_tensors(path, tensors, saved_state(follower), "follower")
    follower.load_state_dict(tensors, strict=False)
    return follower.eval()
