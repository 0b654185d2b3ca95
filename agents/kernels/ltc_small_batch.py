"""The liquid network's solver for a few cars: one synapse a SIMD lane, where ``ltc_kernel`` has one car a lane.

Every number is computed by the same operations in the same order as there, so a car's potentials have the same bits.

What it costs at least: the published network has 192 sensory gates and 6 x 60 inner ones a sample, each about 25
operations: 13,800, and 0.33 us for a core that does one operation on 16 lanes a cycle at 2.6 GHz. Gathering the sources
and adding up by target is not vectorised and makes it 1.2 us a sample; a call from Python, 1.6 us more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.kernels.ltc_kernel import LTCNetwork
from wormdrive.envs.common.compilation import jit, sources_digest
from wormdrive.envs.common.simd import LANES, load, store
from wormdrive.envs.common.simd_functions import sigmoid

__all__ = ["SMALL_BATCH", "SmallBatchWiring", "ltc_small_batch"]

SMALL_BATCH = 3
"""Up to so many cars this kernel is the quicker one."""

Floats = NDArray[Any]


class SmallBatchWiring:
    """Synapses sorted by target, the sensory ones first, each of both groups filled up to a multiple of 16.

    ``chosen`` (P,): which of the wiring's synapses stands there, -1 for none. ``index`` int64: P of the inner ones'
    start, then their sources (P,), then where neuron j's begin, twice (N + 1,), for sensory and inner ones.
    """

    def __init__(self, network: LTCNetwork) -> None:
        padded = [np.pad(g, (0, -len(g) % LANES), constant_values=-1) for g in (network.sensory, network.inner)]
        self.chosen, inner = np.concatenate(padded), len(padded[0])
        source = self._lay(network.source)
        self.index = np.concatenate([[inner], source, network.sensory_first, inner + network.inner_first])

    def numbers(self, parameters: tuple[Floats, ...]) -> Floats:
        """Lay the seven arrays of ``LTCParameters`` end to end: four (P,), then capacitance, leak, leak x rest (N,)."""
        weight, reversal, slope, midpoint, capacitance, leak, rest = parameters
        laid = [self._lay(p) for p in (slope, midpoint, weight, reversal)]
        return np.concatenate([*laid, capacitance, leak, leak * rest])

    def _lay(self, of_synapse: NDArray[Any]) -> NDArray[Any]:
        laid = np.zeros(len(self.chosen), of_synapse.dtype)
        laid[self.chosen >= 0] = of_synapse[self.chosen[self.chosen >= 0]]
        return laid


def _compile(sources: str) -> Callable[..., None]:
    """Compile; ``sources``, a digest, makes numba's cache notice a change in ``simd.py`` too."""

    # Products and sums are contracted here as they are in lanes, or bits would differ.
    def small_batch(
        inputs: Floats, state: Floats, elapsed: Floats, unfolds: int, numbers: Floats, index: NDArray[np.int64],
        states: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        B, T, _ = inputs.shape
        N = state.shape[1]
        P = (len(numbers) - 3 * N) // 4
        inner, source = index[0], 1
        first_sensory, first_inner = 1 + P, 2 + P + N
        midpoint, weight, reversal, capacitance = P, 2 * P, 3 * P, 4 * P
        leak, resting = capacitance + N, capacitance + 2 * N
        zero, one = np.zeros(1, inputs.dtype)[0], np.ones(1, inputs.dtype)[0]
        heard = np.empty(P, inputs.dtype)
        opened = np.empty(P, inputs.dtype)
        v = np.empty(N, inputs.dtype)
        step = np.empty(1, inputs.dtype)
        fixed_top = np.empty(N, inputs.dtype)
        fixed_bottom = np.empty(N, inputs.dtype)
        for b in range(B):
            for j in range(N):
                v[j] = state[b, j]
            for t in range(T):
                step[0] = elapsed[b, t] / unfolds
                h = step[0]
                for i in range(inner):
                    heard[i] = inputs[b, t, index[source + i]]
                for at in range(0, inner, LANES):
                    gate = sigmoid(load(numbers, at) * (load(heard, at) - load(numbers, midpoint + at)))
                    store(opened, at, load(numbers, weight + at) * gate)
                for j in range(N):
                    current = numbers[resting + j]
                    conductance = numbers[leak + j]
                    for i in range(index[first_sensory + j], index[first_sensory + j + 1]):
                        conductance += opened[i]
                        current += opened[i] * numbers[reversal + i]
                    fixed_top[j] = h * current
                    fixed_bottom[j] = numbers[capacitance + j] + h * conductance
                for _ in range(unfolds):
                    for i in range(inner, P):
                        heard[i] = v[index[source + i]]
                    for at in range(inner, P, LANES):
                        gate = sigmoid(load(numbers, at) * (load(heard, at) - load(numbers, midpoint + at)))
                        store(opened, at, load(numbers, weight + at) * gate)
                    for j in range(N):
                        current = zero
                        conductance = zero
                        for i in range(index[first_inner + j], index[first_inner + j + 1]):
                            conductance += opened[i]
                            current += opened[i] * numbers[reversal + i]
                        top = numbers[capacitance + j] * v[j] + (fixed_top[j] + h * current)
                        bottom = fixed_bottom[j] + h * conductance
                        v[j] = top * (one / bottom)
                for j in range(N):
                    states[b, t, j] = v[j]

    return jit(small_batch, fastmath={"contract"})  # type: ignore[no-any-return]


_small_batch = _compile(sources_digest())


def ltc_small_batch(
    inputs: Floats,
    state: Floats,
    elapsed: Floats,
    unfolds: int,
    numbers: Floats,
    wiring: SmallBatchWiring,
    states: Floats,
) -> None:
    """Fill ``states`` (B, T, N) from ``inputs`` (B, T, F), ``state`` (B, N) and ``elapsed`` (B, T)."""
    _small_batch(inputs, state, elapsed, unfolds, numbers, wiring.index, states)
