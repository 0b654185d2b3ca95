"""Weight files: safetensors that nobody vouches for, read without trust."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor

from wormdrive.envs.common.errors import ModelError

__all__ = ["check_tensors", "read_limited", "unpack_tensors"]


def read_limited(path: Path, limit: int) -> bytes:
    """Read a file of at most ``limit`` bytes.

    Raises
    ------
    ModelError
        It cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > limit:
        raise ModelError(f"{path}: more than {limit} bytes, which is the most allowed")
    return content


def unpack_tensors(path: Path, packed: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Take a safetensors file apart: tensors, and metadata.

    Raises
    ------
    ModelError
        It is none.
    """
    try:
        tensors = load_tensors(packed)
        length = int.from_bytes(packed[:8], "little")
        metadata = json.loads(packed[8 : 8 + length]).get("__metadata__", {})
    except (SafetensorError, ValueError, KeyError, RecursionError) as error:
        raise ModelError(f"{path}: not a safetensors file ({error})") from error
    return tensors, metadata if isinstance(metadata, dict) else {}


def check_tensors(path: Path, found: Mapping[str, Tensor], wanted: Mapping[str, Any], whose: str) -> None:
    """See that tensors have the names, shapes and types that are wanted, and are finite.

    Raises
    ------
    ModelError
        Names the first that is not; ``whose`` they were to be.
    """
    for name in sorted(found.keys() ^ wanted.keys()):
        raise ModelError(f"{path}: tensor {name!r} is {'missing' if name in wanted else f'not part of this {whose}'}")
    for name, tensor in found.items():
        want = wanted[name]
        if tensor.shape != want.shape or tensor.dtype != want.dtype:
            raise ModelError(
                f"{path}: tensor {name!r} is {tensor.dtype} {tuple(tensor.shape)}: "
                f"allowed is {want.dtype} {tuple(want.shape)}"
            )
        if not bool(torch.isfinite(tensor).all()):
            raise ModelError(f"{path}: tensor {name!r} holds NaN or infinity: allowed are finite numbers")
