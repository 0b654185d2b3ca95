"""The closed-form network's step and its adjoint, fused over the whole sequence; one car a SIMD lane.

The equations are those of ``cfc_solver``. Flat arrays; a *block* is 16 cars; a *row* is 16 numbers of a block side by
side. A sample's rows are the F inputs, the N old and the N new activities, so that a synapse is one row number.

What it costs at least: a sample of the published network is 4 x (252 + 19) multiply-adds and 57 sigmoids of 20
operations, 2,200 operations on 16 cars at once: a sixth of an LTC's with 6 unfolds. 32 sequences of 32 samples take
0.06 ms at one operation a cycle and 2.6 GHz; 0.10 ms measured, call included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.compilation import jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store, total
from wormdrive.envs.common.simd_functions import sigmoid, tanh

__all__ = ["CfCNetwork", "cfc_backward", "cfc_forward"]

Floats = NDArray[Any]


class CfCNetwork(NamedTuple):
    """A wiring as the kernels walk it, all int64.

    ``order`` (N,): the neurons in the order in which they move. ``synapses`` (E,): which of the wiring's synapses come
    in turn; those that end at neuron j are the turns ``first[j]`` to ``first[j + 1]``. ``source`` (E,): the row that
    each of the wiring's synapses carries.
    """

    order: NDArray[np.int64]
    synapses: NDArray[np.int64]
    first: NDArray[np.int64]
    source: NDArray[np.int64]


def _compile(sources: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Compile both kernels; ``sources``, a digest, makes numba's cache notice a change in ``simd.py`` too."""

    @jit
    def forward(
        inputs: Floats, state: Floats, elapsed: Floats, weight: Floats, memory: Floats, bias: Floats, network: Any,
        states: Floats, tape: Floats, keep: bool,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        order, synapses, first, source = network
        B, T, F = inputs.shape
        N = bias.shape[1]
        one = np.ones(1, inputs.dtype)[0]
        rows = np.empty((F + 2 * N) * LANES, inputs.dtype)
        time = np.empty(LANES, inputs.dtype)
        for block in range((B + LANES - 1) // LANES):
            b0 = block * LANES
            for lane in range(LANES):
                b = min(b0 + lane, B - 1)
                for j in range(N):
                    rows[(F + N + j) * LANES + lane] = state[b, j]
            for t in range(T):
                at = (block * T + t) * 3 * N * LANES if keep else 0
                for lane in range(LANES):
                    b = min(b0 + lane, B - 1)
                    time[lane] = elapsed[b, t]
                    for f in range(F):
                        rows[f * LANES + lane] = inputs[b, t, f]
                gap = load(time, 0)
                for j in range(N):
                    store(rows, (F + j) * LANES, load(rows, (F + N + j) * LANES))
                for j in order:
                    own = load(rows, (F + j) * LANES)
                    near = fill(bias[0, j]) + fill(memory[0, j]) * own
                    far = fill(bias[1, j]) + fill(memory[1, j]) * own
                    rate = fill(bias[2, j]) + fill(memory[2, j]) * own
                    shift = fill(bias[3, j]) + fill(memory[3, j]) * own
                    for i in range(first[j], first[j + 1]):
                        e = synapses[i]
                        heard = load(rows, source[e] * LANES)
                        near = near + fill(weight[0, e]) * heard
                        far = far + fill(weight[1, e]) * heard
                        rate = rate + fill(weight[2, e]) * heard
                        shift = shift + fill(weight[3, e]) * heard
                    near, far, gate = tanh(near), tanh(far), sigmoid(rate * gap + shift)
                    store(rows, (F + N + j) * LANES, (fill(one) - gate) * near + gate * far)
                    store(tape, at + 3 * j * LANES, near)
                    store(tape, at + (3 * j + 1) * LANES, far)
                    store(tape, at + (3 * j + 2) * LANES, gate)
                for lane in range(min(LANES, B - b0)):
                    for j in range(N):
                        states[b0 + lane, t, j] = rows[(F + N + j) * LANES + lane]

    @jit
    def backward(
        d_states: Floats, inputs: Floats, state: Floats, elapsed: Floats, weight: Floats, memory: Floats, network: Any,
        states: Floats, tape: Floats,
        d_weight: Floats, d_memory: Floats, d_bias: Floats, d_inputs: Floats, d_state: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        order, synapses, first, source = network
        B, T, F = inputs.shape
        N, E = memory.shape[1], weight.shape[1]
        zero, one = np.zeros(1, inputs.dtype)[0], np.ones(1, inputs.dtype)[0]
        rows = np.empty((F + 2 * N) * LANES, inputs.dtype)
        d_rows = np.empty((F + 2 * N) * LANES, inputs.dtype)
        time = np.empty(LANES, inputs.dtype)
        # Sums that end as d_weight, d_memory and d_bias, kept a lane each to the end.
        of_synapse = np.zeros(4 * E * LANES, inputs.dtype)
        of_neuron = np.zeros(8 * N * LANES, inputs.dtype)
        for block in range((B + LANES - 1) // LANES):
            b0 = block * LANES
            d_rows[:] = zero
            for t in range(T - 1, -1, -1):
                at = (block * T + t) * 3 * N * LANES
                # What the next sample heard of its old activities is owed to this sample's new ones.
                for j in range(N):
                    store(d_rows, (F + N + j) * LANES, load(d_rows, (F + j) * LANES))
                for k in range((F + N) * LANES):
                    d_rows[k] = zero
                for lane in range(LANES):
                    b = min(b0 + lane, B - 1)
                    time[lane] = elapsed[b, t]
                    for f in range(F):
                        rows[f * LANES + lane] = inputs[b, t, f]
                    for j in range(N):
                        rows[(F + j) * LANES + lane] = states[b, t - 1, j] if t else state[b, j]
                        rows[(F + N + j) * LANES + lane] = states[b, t, j]
                    if b0 + lane < B:
                        for j in range(N):
                            d_rows[(F + N + j) * LANES + lane] += d_states[b, t, j]
                gap = load(time, 0)
                for turn in range(N - 1, -1, -1):
                    j = order[turn]
                    near = load(tape, at + 3 * j * LANES)
                    far = load(tape, at + (3 * j + 1) * LANES)
                    gate = load(tape, at + (3 * j + 2) * LANES)
                    d_x = load(d_rows, (F + N + j) * LANES)
                    closed = fill(one) - gate
                    d_shift = d_x * (far - near) * (gate * closed)
                    d_near = d_x * closed * (fill(one) - near * near)
                    d_far = d_x * gate * (fill(one) - far * far)
                    d_rate = d_shift * gap
                    own = load(rows, (F + j) * LANES)
                    mine = 8 * j * LANES
                    store(of_neuron, mine, load(of_neuron, mine) + d_near)
                    store(of_neuron, mine + LANES, load(of_neuron, mine + LANES) + d_far)
                    store(of_neuron, mine + 2 * LANES, load(of_neuron, mine + 2 * LANES) + d_rate)
                    store(of_neuron, mine + 3 * LANES, load(of_neuron, mine + 3 * LANES) + d_shift)
                    store(of_neuron, mine + 4 * LANES, load(of_neuron, mine + 4 * LANES) + d_near * own)
                    store(of_neuron, mine + 5 * LANES, load(of_neuron, mine + 5 * LANES) + d_far * own)
                    store(of_neuron, mine + 6 * LANES, load(of_neuron, mine + 6 * LANES) + d_rate * own)
                    store(of_neuron, mine + 7 * LANES, load(of_neuron, mine + 7 * LANES) + d_shift * own)
                    d_own = load(d_rows, (F + j) * LANES)
                    d_own = d_own + d_near * fill(memory[0, j]) + d_far * fill(memory[1, j])
                    d_own = d_own + d_rate * fill(memory[2, j]) + d_shift * fill(memory[3, j])
                    store(d_rows, (F + j) * LANES, d_own)
                    for i in range(first[j], first[j + 1]):
                        e = synapses[i]
                        row = source[e] * LANES
                        heard = load(rows, row)
                        mine = 4 * e * LANES
                        store(of_synapse, mine, load(of_synapse, mine) + d_near * heard)
                        store(of_synapse, mine + LANES, load(of_synapse, mine + LANES) + d_far * heard)
                        store(of_synapse, mine + 2 * LANES, load(of_synapse, mine + 2 * LANES) + d_rate * heard)
                        store(of_synapse, mine + 3 * LANES, load(of_synapse, mine + 3 * LANES) + d_shift * heard)
                        owed = load(d_rows, row) + d_near * fill(weight[0, e]) + d_far * fill(weight[1, e])
                        owed = owed + d_rate * fill(weight[2, e]) + d_shift * fill(weight[3, e])
                        store(d_rows, row, owed)
                for lane in range(min(LANES, B - b0)):
                    for f in range(F):
                        d_inputs[b0 + lane, t, f] = d_rows[f * LANES + lane]
            for lane in range(min(LANES, B - b0)):
                for j in range(N):
                    d_state[b0 + lane, j] = d_rows[(F + j) * LANES + lane]
        for head in range(4):
            for e in range(E):
                d_weight[head, e] = total(load(of_synapse, (4 * e + head) * LANES))
            for j in range(N):
                d_bias[head, j] = total(load(of_neuron, (8 * j + head) * LANES))
                d_memory[head, j] = total(load(of_neuron, (8 * j + 4 + head) * LANES))

    return forward, backward


cfc_forward, cfc_backward = _compile(sources_digest())
