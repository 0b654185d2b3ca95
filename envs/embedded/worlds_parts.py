"""Parts of batches."""

from __future__ import annotations

import itertools
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulator import VehicleState

__all__ = ["slices", "take"]


def slices(count: int, parts: int) -> list[slice]:
    """Cut ``count`` things into at most ``parts`` slices of nearly equal length, none of them empty."""
    parts = max(1, min(parts, count))
    edges = [count * k // parts for k in range(parts + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(edges)]


def take(state: VehicleState, index: NDArray[np.integer]) -> VehicleState:
    """Pick some of the vehicles."""
    return VehicleState(**{field.name: getattr(state, field.name)[index] for field in fields(VehicleState)})
