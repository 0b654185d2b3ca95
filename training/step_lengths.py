"""Step lengths: solver steps and parts of the sample period that vary from one training step to the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import numpy as np

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.training.config import TrainConfig

__all__ = ["StepLengths", "check_step_lengths", "draw_step_lengths", "solving_in"]

_STREAM: Final = 0x57E9


class StepLengths(NamedTuple):
    """Solver steps a sample, ``None``: the policy's own; and samples for which a frame is held."""

    unfolds: int | None
    parts: int


def draw_step_lengths(config: TrainConfig, round_: int, step: int) -> StepLengths:
    """Draw those of one training step: a function of (seed, round, step) alone, as windows are."""
    random = np.random.default_rng([config.seed, _STREAM, round_, step])
    unfolds, parts = (
        int(random.choice(choices)) if choices else None for choices in (config.vary_unfolds, config.vary_period_parts)
    )
    return StepLengths(unfolds, parts or 1)


def check_step_lengths(policy: Policy, config: TrainConfig) -> None:
    """See that a policy has what is to be varied.

    Raises
    ------
    ArgumentError
        Its cell has no unfolds, and they are to be varied.
    """
    if config.vary_unfolds and not hasattr(getattr(policy, "cell", None), "unfolds"):
        raise ArgumentError(
            f"vary_unfolds={list(config.vary_unfolds)}: model {config.model!r} has no solver; allowed are models with "
            "one, such as ncp, or no value"
        )


@contextmanager
def solving_in(policy: Policy, unfolds: int | None) -> Iterator[None]:
    """Have a policy's cell solve in so many steps a sample for a while."""
    cell = getattr(policy, "cell", None)
    if unfolds is None or cell is None:
        yield
        return
    before = cell.unfolds
    cell.unfolds = unfolds
    try:
        yield
    finally:
        cell.unfolds = before
