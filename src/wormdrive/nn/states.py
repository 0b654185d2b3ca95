"""States: tensors, and tuples of them where a network has several; given, checked, begun and handed back."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["Sizes", "State", "read_state", "write_state", "zero_state"]

State = Any
"""A tensor (B, N), or a tuple of states."""

Sizes = Any
"""N, or a tuple of sizes."""


def zero_state(sizes: Sizes, batch: int, like: Tensor) -> State:
    """Zeros (batch, N), in the type and on the device of ``like``."""
    if isinstance(sizes, tuple):
        return tuple(zero_state(size, batch, like) for size in sizes)
    return like.new_zeros(batch, sizes)


def read_state(hx: State, sizes: Sizes, batch: int, *, unbatched: bool, name: str = "hx") -> State:
    """Check a state that was given; without a batch, (N,) becomes (1, N).

    Raises
    ------
    ArgumentError
        Its shape or nesting is another one.
    """
    if isinstance(sizes, tuple):
        if not isinstance(hx, tuple | list) or len(hx) != len(sizes):
            found = f"{len(hx)} of them" if isinstance(hx, tuple | list) else f"a {type(hx).__name__}"
            raise ArgumentError(f"{name}: {found}: allowed is a tuple of {len(sizes)}")
        return tuple(
            read_state(part, size, batch, unbatched=unbatched, name=f"{name}[{k}]")
            for k, (part, size) in enumerate(zip(hx, sizes, strict=True))
        )
    wanted = (sizes,) if unbatched else (batch, sizes)
    if not isinstance(hx, Tensor) or tuple(hx.shape) != wanted:
        found = f"shape {tuple(hx.shape)}" if isinstance(hx, Tensor) else f"a {type(hx).__name__}"
        raise ArgumentError(f"{name}: {found}: allowed is a tensor of shape {wanted}")
    return hx[None] if unbatched else hx


def write_state(state: State, *, unbatched: bool) -> State:
    """Hand a state back: (1, N) becomes (N,) without a batch."""
    if isinstance(state, tuple):
        return tuple(write_state(part, unbatched=unbatched) for part in state)
    return state[0] if unbatched else state
