"""Runners: a cell's kernels with the numbers of one moment, NumPy arrays in, NumPy arrays out."""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.kernels.cfc_kernel import CfCNetwork, cfc_forward
from wormdrive.agents.kernels.cfc_small_batch import SMALL_BATCH as SMALL_CFC_BATCH
from wormdrive.agents.kernels.cfc_small_batch import SmallBatchCfC
from wormdrive.agents.kernels.cfc_wide_kernel import pack, wide_forward
from wormdrive.agents.kernels.ltc_kernel import LTCNetwork, ltc_forward, tape_rows
from wormdrive.agents.kernels.ltc_small_batch import SMALL_BATCH, SmallBatchWiring, ltc_small_batch
from wormdrive.envs.common.simd import LANES

__all__ = ["CfCRunner", "LTCRunner", "Runner", "WideCfCRunner", "as_array"]

Floats = NDArray[Any]


def as_array(tensor: Tensor) -> Floats:
    """Look at a tensor on the CPU as a C-contiguous array, without gradient; a copy only where it is not contiguous."""
    if tensor.requires_grad:
        tensor = tensor.detach()
    return (tensor if tensor.is_contiguous() else tensor.contiguous()).numpy()


class Runner(Protocol):
    """Arrays are C-contiguous, of the parameters' type: inputs (B, T, F), state (B, N), elapsed (B, T)."""

    dtype: np.dtype[Any]

    def __call__(self, inputs: Floats, state: Floats, elapsed: Floats) -> Floats:
        """Compute every neuron's state after every sample, (B, T, N)."""


class LTCRunner:
    """``parameters`` as in ``LTCParameters``."""

    def __init__(
        self, network: LTCNetwork, wiring: SmallBatchWiring, parameters: tuple[Floats, ...], unfolds: int
    ) -> None:
        self.network, self.wiring, self.parameters, self.unfolds = network, wiring, parameters, unfolds
        self.numbers = wiring.numbers(parameters)
        self.dtype = parameters[0].dtype

    def __call__(self, inputs: Floats, state: Floats, elapsed: Floats) -> Floats:
        """Compute potentials."""
        B, N = state.shape
        states = np.empty((B, inputs.shape[1], N), self.dtype)
        if B <= SMALL_BATCH:
            ltc_small_batch(inputs, state, elapsed, self.unfolds, self.numbers, self.wiring, states)
            return states
        gates, tape = (np.empty(rows * LANES, self.dtype) for rows in tape_rows(self.network, N, self.unfolds))
        ltc_forward(
            inputs, state, elapsed, self.unfolds, self.parameters, self.network, states, gates, tape, False
        )  # fmt: skip
        return states


class CfCRunner:
    """``parameters`` as in ``CfCParameters``."""

    def __init__(self, network: CfCNetwork, parameters: tuple[Floats, ...]) -> None:
        self.network, self.parameters = tuple(network), parameters
        self.dtype = parameters[0].dtype

    def __call__(self, inputs: Floats, state: Floats, elapsed: Floats) -> Floats:
        """Compute activities."""
        B, N = state.shape
        states = np.empty((B, inputs.shape[1], N), self.dtype)
        tape = np.empty(3 * N * LANES, self.dtype)
        cfc_forward(inputs, state, elapsed, *self.parameters, self.network, states, tape, False)
        return states


class WideCfCRunner:
    """The same for thousands of synapses; ``stages`` says how many neurons move in each turn."""

    def __init__(self, network: CfCNetwork, stages: tuple[int, ...], parameters: tuple[Floats, ...]) -> None:
        weight, self.memory, self.bias = parameters
        self.network, self.packed = network, pack(weight, network)
        self.make_small_batch = partial(SmallBatchCfC, network, stages, parameters)
        self.small_batch: SmallBatchCfC | None = None  # laid out when first asked for: that takes as long as many steps
        self.dtype = weight.dtype

    def __call__(self, inputs: Floats, state: Floats, elapsed: Floats) -> Floats:
        """Compute activities."""
        B, N = state.shape
        states = np.empty((B, inputs.shape[1], N), self.dtype)
        if B <= SMALL_CFC_BATCH:
            self.small_batch = self.small_batch or self.make_small_batch()
            self.small_batch(inputs, state, elapsed, states)
            return states
        unused = np.empty(0, self.dtype)
        wide_forward(inputs, state, elapsed, self.packed, self.memory, self.bias, self.network, states, unused, False)
        return states
