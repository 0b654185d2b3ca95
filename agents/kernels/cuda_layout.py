"""How kernels on CUDA see a wiring: its synapses dealt out in turns, so that no thread writes where another reads.

Triton comes with torch's CUDA builds. It is no dependency of ours: without it, and for networks too wide for a
program's registers, the plain torch reference computes instead.
"""

from __future__ import annotations

import importlib.util
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["WIDEST", "cars_of", "deal", "fits", "has_triton", "wide"]

WIDEST = 256
"""Most inputs, or neurons with a state, that a program's tile holds."""

_FEW_CARS, _MANY_CARS = 4, 8  # with sixteen the way back would need more registers than there are


@cache
def has_triton() -> bool:
    """Whether kernels for CUDA can be compiled here."""
    return importlib.util.find_spec("triton") is not None


def fits(inputs: int, neurons: int, synapses: int) -> bool:
    """Whether the kernels can run here, for a wiring of so many inputs, neurons with a state, and synapses."""
    return has_triton() and inputs <= WIDEST and neurons <= WIDEST and synapses > 0


def wide(size: int) -> int:
    """Columns of a tile for ``size`` neurons: a power of two, from 16."""
    return max(16, 1 << (size - 1).bit_length())


def cars_of(batch: int) -> int:
    """Cars a program: few, so that all multiprocessors have work; many where there are cars enough."""
    return _FEW_CARS if batch <= 2048 else _MANY_CARS


def deal(
    synapses: NDArray[np.int64], at: NDArray[np.int64], other: NDArray[np.int64], columns: int, dummy: int
) -> tuple[Tensor, Tensor]:
    """Deal each neuron ``at`` its synapses in turn: their numbers, and the neurons at their other ends.

    Both (turns, columns) int32, a column a neuron. Where a neuron has no synapse left stands the number ``dummy``.
    """
    order = np.argsort(at, kind="stable")
    at, synapses, other = at[order], synapses[order], other[order]
    turn = np.arange(len(at)) - np.searchsorted(at, at)
    count = int(turn.max(initial=-1)) + 1
    number, end = np.full((count, columns), dummy, np.int32), np.zeros((count, columns), np.int32)
    number[turn, at], end[turn, at] = synapses, other
    return torch.from_numpy(number), torch.from_numpy(end)
