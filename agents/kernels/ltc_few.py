"""The liquid network's solver for a few cars: one synapse a SIMD lane, where ``ltc_kernel`` has one car a lane.

Every number is computed by the same operations in the same order as there, so a car's potentials have the same bits.

What it costs at least: the published network has 192 sensory gates and 6 x 60 inner ones a sample, 552 sigmoids of
about 16 operations each and 552 multiply-adds for either sum: some 10,000 operations, of which one core with 16 lanes
and one unit does 16 a cycle: 0.25 us at 2.6 GHz. Gathering the sources and adding up by target is not vectorised and
comes to most of the 1 to 2 us that a step takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.kernels.compiling import jit, lanes_digest
from wormdrive.agents.kernels.lanes import LANES, load, sigmoid, store
from wormdrive.agents.kernels.ltc_kernel import Network

__all__ = ["FEW", "FewNumbers", "FewWiring", "ltc_few"]

FEW = 3
"""Up to so many cars this kernel is the quicker one."""

Floats = NDArray[Any]


class FewWiring:
    """Synapses sorted by target, the sensory ones first, each of both groups filled up to a multiple of 16.

    ``chosen`` (P,): which of the wiring's synapses stands there, -1 for none. ``source`` (P,) and ``first`` (2, N + 1),
    int64: those that end at neuron j stand at ``first[k, j]`` to ``first[k, j + 1]``, k = 0 for sensory ones.
    """

    def __init__(self, network: Network) -> None:
        groups = [network.sensory, network.inner]
        padded = [np.pad(group, (0, -len(group) % LANES), constant_values=-1) for group in groups]
        self.chosen = np.concatenate(padded)
        self.source = np.where(self.chosen < 0, 0, network.source[self.chosen]) if len(network.source) else self.chosen
        self.first = np.stack([network.sensory_first, len(padded[0]) + network.inner_first])

    def numbers(self, parameters: tuple[Floats, ...]) -> FewNumbers:
        """Lay out the seven arrays of ``LTCParameters``."""
        weight, reversal, slope, midpoint, capacitance, leak, rest = parameters
        laid = [np.where(self.chosen < 0, 0, p[self.chosen]) if len(p) else np.zeros(0, p.dtype)
                for p in (slope, midpoint, weight, reversal)]  # fmt: skip
        return FewNumbers(*(np.ascontiguousarray(p) for p in (*laid, capacitance, leak, leak * rest)))


class FewNumbers(NamedTuple):
    """(P,) ``slope``, ``midpoint``, ``weight``, ``reversal``; (N,) ``capacitance``, ``leak``, ``leak`` x ``rest``."""

    slope: Floats
    midpoint: Floats
    weight: Floats
    reversal: Floats
    capacitance: Floats
    leak: Floats
    resting: Floats


def _compile(sources: str) -> Callable[..., None]:
    """Compile; ``sources``, a digest, makes numba's cache notice a change in the lanes' file too."""

    # Products and sums are contracted here as they are in lanes, or bits would differ.
    def few(
        inputs: Floats, state: Floats, elapsed: Floats, unfolds: int, numbers: Any,
        source: NDArray[np.int64], first: NDArray[np.int64], states: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        slope, midpoint, weight, reversal, capacitance, leak, resting = numbers
        B, T, _ = inputs.shape
        N, P = len(leak), len(source)
        inner = first[1, 0]
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
                    heard[i] = inputs[b, t, source[i]]
                for at in range(0, inner, LANES):
                    gate = sigmoid(load(slope, at) * (load(heard, at) - load(midpoint, at)))
                    store(opened, at, load(weight, at) * gate)
                for j in range(N):
                    current = resting[j]
                    conductance = leak[j]
                    for i in range(first[0, j], first[0, j + 1]):
                        conductance += opened[i]
                        current += opened[i] * reversal[i]
                    fixed_top[j] = h * current
                    fixed_bottom[j] = capacitance[j] + h * conductance
                for _ in range(unfolds):
                    for i in range(inner, P):
                        heard[i] = v[source[i]]
                    for at in range(inner, P, LANES):
                        gate = sigmoid(load(slope, at) * (load(heard, at) - load(midpoint, at)))
                        store(opened, at, load(weight, at) * gate)
                    for j in range(N):
                        current = zero
                        conductance = zero
                        for i in range(first[1, j], first[1, j + 1]):
                            conductance += opened[i]
                            current += opened[i] * reversal[i]
                        top = capacitance[j] * v[j] + (fixed_top[j] + h * current)
                        bottom = fixed_bottom[j] + h * conductance
                        v[j] = top * (one / bottom)
                for j in range(N):
                    states[b, t, j] = v[j]

    return jit(few, fastmath={"contract"})  # type: ignore[no-any-return]


_few = _compile(lanes_digest())


def ltc_few(
    inputs: Floats, state: Floats, elapsed: Floats, unfolds: int, numbers: FewNumbers, wiring: FewWiring, states: Floats
) -> None:
    """Fill ``states`` (B, T, N) from ``inputs`` (B, T, F), ``state`` (B, N) and ``elapsed`` (B, T)."""
    _few(inputs, state, elapsed, unfolds, numbers, wiring.source, wiring.first, states)
