"""Saved state: the numbers of a policy as files hold them."""

from __future__ import annotations

from typing import Final

from torch import Tensor, nn

__all__ = ["saved_state"]

_BESIDE: Final = "_extra_state"


def saved_state(policy: nn.Module) -> dict[str, Tensor]:
    """Return the state dict without digests of wirings: files say the wiring itself, and keep the bytes they had."""
    return {name: value for name, value in policy.state_dict().items() if name.rpartition(".")[2] != _BESIDE}
