"""The learning rate's course over one round."""

from __future__ import annotations

import math

__all__ = ["one_cycle"]


def one_cycle(step: int, steps: int, warm_up: float) -> float:
    """Share of the peak rate at ``step`` of ``steps``: cosine up from 1/25 for ``warm_up`` of the way, down to 1e-4/25.

    A function of the step alone (L. Smith, *Super-convergence*, 2018, in the form of torch's ``OneCycleLR``).
    """
    start, end = 1 / 25, 1e-4 / 25
    turn = max(warm_up * steps - 1, 1.0)
    if step <= turn:
        return _cosine(start, 1.0, step / turn)
    return _cosine(1.0, end, min((step - turn) / max(steps - 1 - turn, 1.0), 1.0))


def _cosine(first: float, last: float, share: float) -> float:
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2
