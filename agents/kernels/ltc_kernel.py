"""The liquid network's solver and its adjoint, fused over the whole sequence; one car a SIMD lane.

The equations are those of ``ltc_solver``. Flat arrays; a *block* is 16 cars; a *row* is 16 numbers of a block side by
side. ``top`` and ``bottom`` are numerator and denominator of the solver's step; ``d_x`` is the loss's derivative by x.

What it costs at least: a sample of the published network has 192 + 6 x 60 = 552 gates a car. Forward, a gate is about
25 operations (20 of them its sigmoid), each on 16 cars at once; 32 sequences of 32 samples are 0.9 million of them,
0.34 ms for a core that does one a cycle at 2.6 GHz. Measured: 0.28 ms, for it does up to two. The adjoint takes the
gates from the tape (2.3 MB, more than most second-level caches) and needs about 20 operations and 12 loads and stores
a gate: 0.5 ms measured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.compilation import jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store, total
from wormdrive.envs.common.simd_functions import sigmoid
from wormdrive.perception.kernels.chunks import each_chunk

__all__ = ["LTCNetwork", "ltc_backward", "ltc_forward", "tape_rows"]

_MUCH: Final = 1 << 20
"""Gates from which on threads share the work: half a millisecond of it, many times what they cost."""

_SHARE: Final = 2 * LANES
"""Cars that a thread takes at a time."""

Floats = NDArray[Any]
Parameters = tuple[Floats, ...]


class LTCNetwork(NamedTuple):
    """A wiring as the kernels walk it: synapses grouped by target, the sensory ones apart from the inner ones.

    ``sensory`` and ``inner`` (n,) int64 say which of the wiring's synapses come in turn; those that end at neuron j are
    the turns ``first[j]`` to ``first[j + 1]``. ``source`` (E,) is each synapse's source by the wiring's own order.
    """

    source: NDArray[np.int64]
    sensory: NDArray[np.int64]
    sensory_first: NDArray[np.int64]
    inner: NDArray[np.int64]
    inner_first: NDArray[np.int64]


def tape_rows(network: LTCNetwork, neurons: int, unfolds: int) -> tuple[int, int]:
    """Rows that a block's sample leaves on the tape of gates, and on the tape of neurons, for the adjoint."""
    return len(network.sensory) + unfolds * len(network.inner), 2 * unfolds * neurons


def _compile(sources: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Compile both kernels; ``sources``, a digest, makes numba's cache notice a change in ``simd.py`` too."""

    @jit
    def forward(
        inputs: Floats, state: Floats, elapsed: Floats, unfolds: int, parameters: Any, network: Any,
        states: Floats, gates: Floats, tape: Floats, keep: bool,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        weight, reversal, slope, midpoint, capacitance, leak, rest = parameters
        source, sensory, sensory_first, inner, inner_first = network
        B, T, F = inputs.shape
        N = len(rest)
        blocks = (B + LANES - 1) // LANES
        gate_rows = len(sensory) + unfolds * len(inner)
        zero, one = np.zeros(1, inputs.dtype)[0], np.ones(1, inputs.dtype)[0]
        u = np.empty(F * LANES, inputs.dtype)
        v = np.empty(N * LANES, inputs.dtype)
        v_new = np.empty(N * LANES, inputs.dtype)
        fixed_top = np.empty(N * LANES, inputs.dtype)
        fixed_bottom = np.empty(N * LANES, inputs.dtype)
        step = np.empty(LANES, inputs.dtype)
        for block in range(blocks):
            b0 = block * LANES
            for lane in range(LANES):
                b = min(b0 + lane, B - 1)
                for j in range(N):
                    v[j * LANES + lane] = state[b, j]
            for t in range(T):
                gate_at = (block * T + t) * gate_rows * LANES if keep else 0
                tape_at = (block * T + t) * 2 * unfolds * N * LANES if keep else 0
                for lane in range(LANES):
                    b = min(b0 + lane, B - 1)
                    step[lane] = elapsed[b, t] / unfolds
                    for f in range(F):
                        u[f * LANES + lane] = inputs[b, t, f]
                h = load(step, 0)
                for j in range(N):
                    current = fill(leak[j] * rest[j])
                    conductance = fill(leak[j])
                    for i in range(sensory_first[j], sensory_first[j + 1]):
                        e = sensory[i]
                        gate = sigmoid(fill(slope[e]) * (load(u, source[e] * LANES) - fill(midpoint[e])))
                        store(gates, gate_at + i * LANES, gate)
                        open_ = fill(weight[e]) * gate
                        conductance = conductance + open_
                        current = current + open_ * fill(reversal[e])
                    store(fixed_top, j * LANES, h * current)
                    store(fixed_bottom, j * LANES, fill(capacitance[j]) + h * conductance)
                gate_at += len(sensory) * LANES
                for _ in range(unfolds):
                    for j in range(N):
                        current = fill(zero)
                        conductance = fill(zero)
                        for i in range(inner_first[j], inner_first[j + 1]):
                            e = inner[i]
                            gate = sigmoid(fill(slope[e]) * (load(v, source[e] * LANES) - fill(midpoint[e])))
                            store(gates, gate_at + i * LANES, gate)
                            open_ = fill(weight[e]) * gate
                            conductance = conductance + open_
                            current = current + open_ * fill(reversal[e])
                        old = load(v, j * LANES)
                        top = fill(capacitance[j]) * old + (load(fixed_top, j * LANES) + h * current)
                        inverse = fill(one) / (load(fixed_bottom, j * LANES) + h * conductance)
                        store(v_new, j * LANES, top * inverse)
                        store(tape, tape_at + j * LANES, old)
                        store(tape, tape_at + (N + j) * LANES, inverse)
                    v, v_new = v_new, v
                    if keep:
                        gate_at += len(inner) * LANES
                        tape_at += 2 * N * LANES
                for lane in range(min(LANES, B - b0)):
                    for j in range(N):
                        states[b0 + lane, t, j] = v[j * LANES + lane]

    @jit
    def backward(
        d_states: Floats, inputs: Floats, elapsed: Floats, unfolds: int, parameters: Any, network: Any,
        states: Floats, gates: Floats, tape: Floats, d_parameters: Any, d_inputs: Floats, d_state: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        weight, reversal, slope, midpoint, capacitance, leak, rest = parameters
        d_weight, d_reversal, d_slope, d_midpoint, d_capacitance, d_leak, d_rest = d_parameters
        source, sensory, sensory_first, inner, inner_first = network
        B, T, F = inputs.shape
        N, E = len(rest), len(weight)
        blocks = (B + LANES - 1) // LANES
        gate_rows = len(sensory) + unfolds * len(inner)
        zero, one = np.zeros(1, inputs.dtype)[0], np.ones(1, inputs.dtype)[0]
        u = np.empty(F * LANES, inputs.dtype)
        d_u = np.empty(F * LANES, inputs.dtype)
        d_v = np.empty(N * LANES, inputs.dtype)
        d_v_old = np.empty(N * LANES, inputs.dtype)
        v_new = np.empty(N * LANES, inputs.dtype)
        d_top = np.empty(N * LANES, inputs.dtype)
        d_bottom = np.empty(N * LANES, inputs.dtype)
        sum_top = np.empty(N * LANES, inputs.dtype)
        sum_bottom = np.empty(N * LANES, inputs.dtype)
        step = np.empty(LANES, inputs.dtype)
        # Four sums a synapse (d_top gate, d_bottom gate, d_x, d_x u) and three a neuron, kept a lane each to the end.
        of_synapse = np.zeros(4 * E * LANES, inputs.dtype)
        of_neuron = np.zeros(3 * N * LANES, inputs.dtype)
        for block in range(blocks):
            b0 = block * LANES
            d_v[:] = zero
            for t in range(T - 1, -1, -1):
                for lane in range(LANES):
                    b = min(b0 + lane, B - 1)
                    step[lane] = elapsed[b, t] / unfolds
                    for f in range(F):
                        u[f * LANES + lane] = inputs[b, t, f]
                    for j in range(N):
                        v_new[j * LANES + lane] = states[b, t, j]
                    if b0 + lane < B:
                        for j in range(N):
                            d_v[j * LANES + lane] += d_states[b, t, j]
                h = load(step, 0)
                sum_top[:] = zero
                sum_bottom[:] = zero
                d_u[:] = zero
                sample_gate_at = (block * T + t) * gate_rows * LANES
                for k in range(unfolds - 1, -1, -1):
                    gate_at = sample_gate_at + (len(sensory) + k * len(inner)) * LANES
                    tape_at = ((block * T + t) * unfolds + k) * 2 * N * LANES
                    for j in range(N):
                        row = j * LANES
                        old = load(tape, tape_at + row)
                        by_top = load(d_v, row) * load(tape, tape_at + (N + j) * LANES)
                        by_bottom = fill(zero) - by_top * load(v_new, row)
                        store(of_neuron, row, load(of_neuron, row) + (by_top * old + by_bottom))
                        store(d_v_old, row, by_top * fill(capacitance[j]))
                        by_top, by_bottom = h * by_top, h * by_bottom
                        store(d_top, row, by_top)
                        store(d_bottom, row, by_bottom)
                        store(sum_top, row, load(sum_top, row) + by_top)
                        store(sum_bottom, row, load(sum_bottom, row) + by_bottom)
                        store(v_new, row, old)
                    # Here v_new already holds the potentials before this unfold, which the gates saw.
                    for j in range(N):
                        by_top, by_bottom = load(d_top, j * LANES), load(d_bottom, j * LANES)
                        for i in range(inner_first[j], inner_first[j + 1]):
                            e = inner[i]
                            gate = load(gates, gate_at + i * LANES)
                            row = source[e] * LANES
                            d_x = (by_top * fill(reversal[e]) + by_bottom) * fill(weight[e])
                            d_x = d_x * (gate * (fill(one) - gate))
                            at = 4 * e * LANES
                            store(of_synapse, at, load(of_synapse, at) + by_top * gate)
                            store(of_synapse, at + LANES, load(of_synapse, at + LANES) + by_bottom * gate)
                            store(of_synapse, at + 2 * LANES, load(of_synapse, at + 2 * LANES) + d_x)
                            store(of_synapse, at + 3 * LANES, load(of_synapse, at + 3 * LANES) + d_x * load(v_new, row))
                            store(d_v_old, row, load(d_v_old, row) + d_x * fill(slope[e]))
                    d_v, d_v_old = d_v_old, d_v
                for j in range(N):
                    by_top, by_bottom = load(sum_top, j * LANES), load(sum_bottom, j * LANES)
                    at = (N + j) * LANES
                    store(of_neuron, at, load(of_neuron, at) + by_top)
                    at += N * LANES
                    store(of_neuron, at, load(of_neuron, at) + by_bottom)
                    for i in range(sensory_first[j], sensory_first[j + 1]):
                        e = sensory[i]
                        gate = load(gates, sample_gate_at + i * LANES)
                        row = source[e] * LANES
                        d_x = (by_top * fill(reversal[e]) + by_bottom) * fill(weight[e])
                        d_x = d_x * (gate * (fill(one) - gate))
                        at = 4 * e * LANES
                        store(of_synapse, at, load(of_synapse, at) + by_top * gate)
                        store(of_synapse, at + LANES, load(of_synapse, at + LANES) + by_bottom * gate)
                        store(of_synapse, at + 2 * LANES, load(of_synapse, at + 2 * LANES) + d_x)
                        store(of_synapse, at + 3 * LANES, load(of_synapse, at + 3 * LANES) + d_x * load(u, row))
                        store(d_u, row, load(d_u, row) + d_x * fill(slope[e]))
                for lane in range(min(LANES, B - b0)):
                    for f in range(F):
                        d_inputs[b0 + lane, t, f] = d_u[f * LANES + lane]
            for lane in range(min(LANES, B - b0)):
                for j in range(N):
                    d_state[b0 + lane, j] = d_v[j * LANES + lane]
        for e in range(E):
            top_gate = total(load(of_synapse, 4 * e * LANES))
            bottom_gate = total(load(of_synapse, (4 * e + 1) * LANES))
            d_x = total(load(of_synapse, (4 * e + 2) * LANES))
            d_x_u = total(load(of_synapse, (4 * e + 3) * LANES))
            d_weight[e] = reversal[e] * top_gate + bottom_gate
            d_reversal[e] = weight[e] * top_gate
            d_slope[e] = d_x_u - midpoint[e] * d_x
            d_midpoint[e] = -slope[e] * d_x
        for j in range(N):
            top = total(load(of_neuron, (N + j) * LANES))
            d_capacitance[j] = total(load(of_neuron, j * LANES))
            d_leak[j] = rest[j] * top + total(load(of_neuron, (2 * N + j) * LANES))
            d_rest[j] = leak[j] * top

    return forward, backward


_forward, _backward = _compile(sources_digest())


def ltc_forward(
    inputs: Floats, state: Floats, elapsed: Floats, unfolds: int, parameters: Parameters, network: LTCNetwork,
    states: Floats, gates: Floats, tape: Floats, keep: bool,
) -> None:  # fmt: skip
    """Fill ``states`` (B, T, N) from ``inputs`` (B, T, F), ``state`` (B, N) and ``elapsed`` (B, T).

    ``parameters`` are the seven arrays of ``LTCParameters``. With ``keep``, ``gates`` and ``tape`` are what the adjoint
    needs: flat, blocks x T x ``tape_rows`` x 16 numbers; without, they are scratch for one sample. Where there is much
    to do, threads share the blocks; each car has the same bits with any number of them.
    """
    (B, T, _), N = inputs.shape, state.shape[1]
    gate_rows, neuron_rows = tape_rows(network, N, unfolds)
    if B * T * gate_rows < _MUCH:
        _forward(inputs, state, elapsed, unfolds, parameters, tuple(network), states, gates, tape, keep)
        return

    def part(begin: int, end: int) -> None:
        at = begin // LANES * T * LANES
        own = (
            (gates[at * gate_rows :], tape[at * neuron_rows :]) if keep else (np.empty_like(gates), np.empty_like(tape))
        )
        _forward(
            inputs[begin:end], state[begin:end], elapsed[begin:end], unfolds, parameters, tuple(network),
            states[begin:end], *own, keep,
        )  # fmt: skip

    for _ in each_chunk(B, part, _SHARE):
        pass


def ltc_backward(
    d_states: Floats, inputs: Floats, elapsed: Floats, unfolds: int, parameters: Parameters, network: LTCNetwork,
    states: Floats, gates: Floats, tape: Floats, d_parameters: Parameters, d_inputs: Floats, d_state: Floats,
) -> None:  # fmt: skip
    """Fill ``d_parameters``, ``d_inputs`` (B, T, F) and ``d_state`` (B, N) from ``d_states`` (B, T, N)."""
    _backward(
        d_states, inputs, elapsed, unfolds, parameters, tuple(network), states, gates, tape,
        d_parameters, d_inputs, d_state,
    )  # fmt: skip
