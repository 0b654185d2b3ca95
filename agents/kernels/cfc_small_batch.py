"""The closed-form network for a few cars and thousands of synapses: one neuron a SIMD lane, where others have a car.

Every number is computed by the same operations in the same order as in ``cfc_wide_kernel``, so a car's activities have
the same bits. Neurons that move together stand side by side, 16 a group, those with as many synapses beside each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.kernels.cfc_kernel import CfCNetwork
from wormdrive.envs.common.compilation import jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store
from wormdrive.envs.common.simd_functions import sigmoid, tanh

__all__ = ["SMALL_BATCH", "SmallBatchCfC"]

Floats = NDArray[Any]

SMALL_BATCH: Final = 4
"""Up to so many cars this kernel is the quicker one."""


def _compile(sources: str) -> Callable[..., None]:
    """Compile; ``sources``, a digest, makes numba's cache notice a change in ``simd.py`` too."""

    @jit
    def small_batch(
        inputs: Floats, state: Floats, elapsed: Floats, weight: Floats, own: Floats, first: NDArray[np.int64],
        alike: NDArray[np.bool_], targets: NDArray[np.int64], rows: NDArray[np.int64], states: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        B, T, F = inputs.shape
        N = state.shape[1]
        one = np.ones(1, inputs.dtype)[0]
        # Inputs, old and new activities, and a zero that lanes hear which have no synapse left.
        x = np.zeros(F + 2 * N + 1, inputs.dtype)
        lanes = np.empty(LANES, inputs.dtype)
        for b in range(B):
            x[F + N : F + 2 * N] = state[b]
            for t in range(T):
                x[:F] = inputs[b, t]
                x[F : F + N] = x[F + N : F + 2 * N]
                gap = fill(elapsed[b, t])
                for group in range(len(alike)):
                    at = 8 * group * LANES
                    for lane in range(LANES):
                        lanes[lane] = x[F + targets[group * LANES + lane]]
                    past = load(lanes, 0)
                    near = load(own, at) + load(own, at + 4 * LANES) * past
                    far = load(own, at + LANES) + load(own, at + 5 * LANES) * past
                    rate = load(own, at + 2 * LANES) + load(own, at + 6 * LANES) * past
                    shift = load(own, at + 3 * LANES) + load(own, at + 7 * LANES) * past
                    if alike[group]:
                        for i in range(first[group], first[group + 1]):
                            heard = fill(x[rows[i * LANES]])
                            at = 4 * i * LANES
                            near = near + load(weight, at) * heard
                            far = far + load(weight, at + LANES) * heard
                            rate = rate + load(weight, at + 2 * LANES) * heard
                            shift = shift + load(weight, at + 3 * LANES) * heard
                    else:
                        for i in range(first[group], first[group + 1]):
                            for lane in range(LANES):
                                lanes[lane] = x[rows[i * LANES + lane]]
                            heard = load(lanes, 0)
                            at = 4 * i * LANES
                            near = near + load(weight, at) * heard
                            far = far + load(weight, at + LANES) * heard
                            rate = rate + load(weight, at + 2 * LANES) * heard
                            shift = shift + load(weight, at + 3 * LANES) * heard
                    near, far, gate = tanh(near), tanh(far), sigmoid(rate * gap + shift)
                    store(lanes, 0, (fill(one) - gate) * near + gate * far)
                    # Lanes without a neuron repeat the last one's number.
                    for lane in range(LANES):
                        x[F + N + targets[group * LANES + lane]] = lanes[lane]
                states[b, t] = x[F + N : F + 2 * N]

    return small_batch  # type: ignore[no-any-return]


_small_batch = _compile(sources_digest())


class SmallBatchCfC:
    """A network laid out for the kernel, with a copy of its numbers; parameters as in ``CfCParameters``.

    A group's first column of ``rows`` and ``weight`` is each neuron's first synapse, and so on; ``alike`` says where
    all neurons of a group hear the same in the same order. ``stages``: how many neurons move in each turn.
    """

    def __init__(self, network: CfCNetwork, stages: tuple[int, ...], parameters: tuple[Floats, ...]) -> None:
        weight, memory, bias = parameters
        count = np.diff(network.first)
        nothing = -1  # counts from the end, where the zero is
        groups, begin = [], 0
        for stage in stages:
            neurons = network.order[begin : begin + stage]
            neurons = neurons[np.argsort(count[neurons], kind="stable")]
            neurons = np.concatenate([neurons, np.repeat(neurons[-1:], -stage % LANES)])
            groups += list(neurons.reshape(-1, LANES))
            begin += stage
        rows, weights, first = [], [], [0]
        for neurons in groups:
            turn = np.arange(count[neurons].max())[:, None]
            there = turn < count[neurons]
            synapse = network.synapses[np.where(there, network.first[neurons] + turn, 0)]
            rows.append(np.where(there, network.source[synapse], nothing))
            weights.append(np.where(there[:, None], weight[:, synapse].swapaxes(0, 1), 0))
            first.append(first[-1] + len(turn))
        self._alike = np.array([bool((own == own[:, :1]).all()) for own in rows])
        self._rows = np.concatenate(rows).ravel()
        self._weight = np.ascontiguousarray(np.concatenate(weights), weight.dtype).ravel()
        self._first, self._targets = np.array(first), np.concatenate(groups)
        both = np.concatenate([bias, memory])[:, self._targets]
        self._own = np.ascontiguousarray(both.reshape(8, -1, LANES).swapaxes(0, 1)).ravel()

    def __call__(self, inputs: Floats, state: Floats, elapsed: Floats, states: Floats) -> None:
        """Fill ``states`` (B, T, N) from ``inputs`` (B, T, F), ``state`` (B, N) and ``elapsed`` (B, T)."""
        _small_batch(
            inputs, state, elapsed, self._weight, self._own, self._first, self._alike, self._targets, self._rows, states
        )
