"""The closed-form network's step and its adjoint for thousands of synapses; two cars a SIMD lane.

Equations and rows are those of ``cfc_kernel``. There a synapse's weights are read once for 16 cars, and its gradients
are kept in lanes of their own: of a large network neither fits into the cache. Here weights lie in the order in which
they are used and are read once for 32 cars, a *pair* of blocks; the way back leaves on a tape what each neuron's four
sums owe and what each synapse heard, and the gradients of the weights are made from it at the end, neuron by neuron.

What it costs at least: of 256 neurons that hear all of 32 inputs and each other, a sample is 4 x 73,728 multiply-adds.
32 sequences of 32 samples take 3.6 ms at two a cycle and 2.6 GHz, and so do each of the two parts of the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.kernels.cfc_kernel import CfCNetwork
from wormdrive.envs.common.compilation import jit, sources_digest
from wormdrive.envs.common.simd import LANES, fill, load, store, total
from wormdrive.envs.common.simd_functions import sigmoid, tanh
from wormdrive.perception.kernels.chunks import each_chunk

__all__ = ["PAIR", "WIDE", "pack", "tape_size", "wide_backward", "wide_forward"]

Floats = NDArray[Any]

PAIR: Final = 2 * LANES
"""Cars that are computed together."""

WIDE: Final = 8192
"""From so many synapses on these kernels are the quicker ones."""

_TARGETS: Final = 8
"""Neurons whose weights' gradients are made by one thread at a time."""


def _compile(sources: str) -> tuple[Callable[..., Any], ...]:
    """Compile; ``sources``, a digest, makes numba's cache notice a change in ``simd.py`` too."""

    @jit
    def packing(weight: Floats, synapses: NDArray[np.int64], packed: Floats) -> None:
        for i in range(len(synapses)):
            for head in range(4):
                packed[4 * i + head] = weight[head, synapses[i]]

    @jit
    def forward(
        inputs: Floats, state: Floats, elapsed: Floats, packed: Floats, memory: Floats, bias: Floats, order: Any,
        first: Any, row: Any, states: Floats, tape: Floats, keep: bool,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        B, T, F = inputs.shape
        N = bias.shape[1]
        one = np.ones(1, inputs.dtype)[0]
        rows = np.empty((F + 2 * N) * PAIR, inputs.dtype)
        time = np.empty(PAIR, inputs.dtype)
        for pair in range((B + PAIR - 1) // PAIR):
            b0 = pair * PAIR
            for lane in range(PAIR):
                b = min(b0 + lane, B - 1)
                for j in range(N):
                    rows[(F + N + j) * PAIR + lane] = state[b, j]
            for t in range(T):
                for lane in range(PAIR):
                    b = min(b0 + lane, B - 1)
                    time[lane] = elapsed[b, t]
                    for f in range(F):
                        rows[f * PAIR + lane] = inputs[b, t, f]
                gap, gap_ = load(time, 0), load(time, LANES)
                for k in range(2 * N):
                    store(rows, F * PAIR + k * LANES, load(rows, (F + N) * PAIR + k * LANES))
                for j in order:
                    own, own_ = load(rows, (F + j) * PAIR), load(rows, (F + j) * PAIR + LANES)
                    near = fill(bias[0, j]) + fill(memory[0, j]) * own
                    far = fill(bias[1, j]) + fill(memory[1, j]) * own
                    rate = fill(bias[2, j]) + fill(memory[2, j]) * own
                    shift = fill(bias[3, j]) + fill(memory[3, j]) * own
                    near_ = fill(bias[0, j]) + fill(memory[0, j]) * own_
                    far_ = fill(bias[1, j]) + fill(memory[1, j]) * own_
                    rate_ = fill(bias[2, j]) + fill(memory[2, j]) * own_
                    shift_ = fill(bias[3, j]) + fill(memory[3, j]) * own_
                    for i in range(first[j], first[j + 1]):
                        at = row[i] * PAIR
                        heard, heard_ = load(rows, at), load(rows, at + LANES)
                        weight = fill(packed[4 * i])
                        near, near_ = near + weight * heard, near_ + weight * heard_
                        weight = fill(packed[4 * i + 1])
                        far, far_ = far + weight * heard, far_ + weight * heard_
                        weight = fill(packed[4 * i + 2])
                        rate, rate_ = rate + weight * heard, rate_ + weight * heard_
                        weight = fill(packed[4 * i + 3])
                        shift, shift_ = shift + weight * heard, shift_ + weight * heard_
                    near, far, gate = tanh(near), tanh(far), sigmoid(rate * gap + shift)
                    near_, far_, gate_ = tanh(near_), tanh(far_), sigmoid(rate_ * gap_ + shift_)
                    at = (F + N + j) * PAIR
                    store(rows, at, (fill(one) - gate) * near + gate * far)
                    store(rows, at + LANES, (fill(one) - gate_) * near_ + gate_ * far_)
                    if keep:
                        at = ((pair * T + t) * N + j) * 3 * PAIR
                        store(tape, at, near)
                        store(tape, at + LANES, near_)
                        store(tape, at + PAIR, far)
                        store(tape, at + PAIR + LANES, far_)
                        store(tape, at + 2 * PAIR, gate)
                        store(tape, at + 2 * PAIR + LANES, gate_)
                for lane in range(min(PAIR, B - b0)):
                    for j in range(N):
                        states[b0 + lane, t, j] = rows[(F + N + j) * PAIR + lane]

    @jit
    def backward(
        d_states: Floats, inputs: Floats, state: Floats, elapsed: Floats, packed: Floats, memory: Floats, order: Any,
        first: Any, row: Any, states: Floats, tape: Floats, at_pair: int, samples: int, owed: Floats, heard: Floats,
        d_inputs: Floats, d_state: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        B, T, F = inputs.shape
        N = memory.shape[1]
        zero, one = np.zeros(1, inputs.dtype)[0], np.ones(1, inputs.dtype)[0]
        rows = np.empty((F + 2 * N) * PAIR, inputs.dtype)
        d_rows = np.empty((F + 2 * N) * PAIR, inputs.dtype)
        time = np.empty(PAIR, inputs.dtype)
        for pair in range((B + PAIR - 1) // PAIR):
            b0 = pair * PAIR
            d_rows[:] = zero
            for t in range(T - 1, -1, -1):
                sample = 2 * ((at_pair + pair) * T + t)
                # What the next sample heard of its old activities is owed to this sample's new ones.
                for k in range(2 * N):
                    store(d_rows, (F + N) * PAIR + k * LANES, load(d_rows, F * PAIR + k * LANES))
                d_rows[: (F + N) * PAIR] = zero
                for lane in range(PAIR):
                    b = min(b0 + lane, B - 1)
                    time[lane] = elapsed[b, t]
                    for f in range(F):
                        rows[f * PAIR + lane] = inputs[b, t, f]
                    for j in range(N):
                        rows[(F + j) * PAIR + lane] = states[b, t - 1, j] if t else state[b, j]
                        rows[(F + N + j) * PAIR + lane] = states[b, t, j]
                    if b0 + lane < B:
                        for j in range(N):
                            d_rows[(F + N + j) * PAIR + lane] += d_states[b, t, j]
                for k in range(F + 2 * N):
                    at = (k * samples + sample) * LANES
                    store(heard, at, load(rows, k * PAIR))
                    store(heard, at + LANES, load(rows, k * PAIR + LANES))
                for turn in range(N - 1, -1, -1):
                    j = order[turn]
                    for half in range(2):
                        at = ((pair * T + t) * N + j) * 3 * PAIR + half * LANES
                        near, far, gate = load(tape, at), load(tape, at + PAIR), load(tape, at + 2 * PAIR)
                        d_x = load(d_rows, (F + N + j) * PAIR + half * LANES)
                        closed = fill(one) - gate
                        d_shift = d_x * (far - near) * (gate * closed)
                        d_near = d_x * closed * (fill(one) - near * near)
                        d_far = d_x * gate * (fill(one) - far * far)
                        d_rate = d_shift * load(time, half * LANES)
                        at = (4 * j * samples + sample + half) * LANES
                        store(owed, at, d_near)
                        store(owed, at + samples * LANES, d_far)
                        store(owed, at + 2 * samples * LANES, d_rate)
                        store(owed, at + 3 * samples * LANES, d_shift)
                        at = (F + j) * PAIR + half * LANES
                        d_own = load(d_rows, at) + d_near * fill(memory[0, j]) + d_far * fill(memory[1, j])
                        store(d_rows, at, d_own + d_rate * fill(memory[2, j]) + d_shift * fill(memory[3, j]))
                    at = (4 * j * samples + sample) * LANES
                    d_near, d_near_ = load(owed, at), load(owed, at + LANES)
                    at += samples * LANES
                    d_far, d_far_ = load(owed, at), load(owed, at + LANES)
                    at += samples * LANES
                    d_rate, d_rate_ = load(owed, at), load(owed, at + LANES)
                    at += samples * LANES
                    d_shift, d_shift_ = load(owed, at), load(owed, at + LANES)
                    for i in range(first[j], first[j + 1]):
                        at = row[i] * PAIR
                        w_near, w_far = fill(packed[4 * i]), fill(packed[4 * i + 1])
                        w_rate, w_shift = fill(packed[4 * i + 2]), fill(packed[4 * i + 3])
                        d_heard = load(d_rows, at) + d_near * w_near + d_far * w_far
                        d_heard_ = load(d_rows, at + LANES) + d_near_ * w_near + d_far_ * w_far
                        store(d_rows, at, d_heard + d_rate * w_rate + d_shift * w_shift)
                        store(d_rows, at + LANES, d_heard_ + d_rate_ * w_rate + d_shift_ * w_shift)
                for lane in range(min(PAIR, B - b0)):
                    for f in range(F):
                        d_inputs[b0 + lane, t, f] = d_rows[f * PAIR + lane]
            for lane in range(min(PAIR, B - b0)):
                for j in range(N):
                    d_state[b0 + lane, j] = d_rows[(F + j) * PAIR + lane]

    @jit
    def gradients(
        owed: Floats, heard: Floats, used: int, samples: int, inputs: int, network: Any, row: Any, begin: int, end: int,
        d_weight: Floats, d_memory: Floats, d_bias: Floats,
    ) -> None:  # fmt: skip
        if sources == "":
            return
        _order, synapses, first, _source = network
        zero = np.zeros(1, owed.dtype)[0]
        wide = samples * LANES
        for j in range(begin, end):
            debt = 4 * j * wide
            # The last turn is the neuron's own past, in the first column; the second one sums what is owed.
            for i in range(first[j], first[j + 1] + 1, 2):
                last = first[j + 1]
                a = (row[i] if i < last else inputs + j) * wide
                b = (row[i + 1] if i + 1 < last else inputs + j) * wide
                near, far, rate, shift = fill(zero), fill(zero), fill(zero), fill(zero)
                near_, far_, rate_, shift_ = fill(zero), fill(zero), fill(zero), fill(zero)
                for s in range(0, used * LANES, LANES):
                    d_near, d_far = load(owed, debt + s), load(owed, debt + wide + s)
                    d_rate, d_shift = load(owed, debt + 2 * wide + s), load(owed, debt + 3 * wide + s)
                    x, x_ = load(heard, a + s), load(heard, b + s)
                    near, near_ = near + d_near * x, near_ + d_near * x_
                    far, far_ = far + d_far * x, far_ + d_far * x_
                    rate, rate_ = rate + d_rate * x, rate_ + d_rate * x_
                    shift, shift_ = shift + d_shift * x, shift_ + d_shift * x_
                if i < last:
                    e = synapses[i]
                    d_weight[0, e], d_weight[1, e] = total(near), total(far)
                    d_weight[2, e], d_weight[3, e] = total(rate), total(shift)
                if i + 1 < last:
                    e = synapses[i + 1]
                    d_weight[0, e], d_weight[1, e] = total(near_), total(far_)
                    d_weight[2, e], d_weight[3, e] = total(rate_), total(shift_)
                elif i < last:
                    d_memory[0, j], d_memory[1, j] = total(near_), total(far_)
                    d_memory[2, j], d_memory[3, j] = total(rate_), total(shift_)
                else:
                    d_memory[0, j], d_memory[1, j] = total(near), total(far)
                    d_memory[2, j], d_memory[3, j] = total(rate), total(shift)
            for head in range(4):
                sum_ = fill(zero)
                for s in range(0, used * LANES, LANES):
                    sum_ = sum_ + load(owed, debt + head * wide + s)
                d_bias[head, j] = total(sum_)

    return packing, forward, backward, gradients


_packing, _forward, _backward, _gradients = _compile(sources_digest())


def pack(weight: Floats, network: CfCNetwork) -> Floats:
    """Lay a wiring's weights (4, E) in the order in which they are used, four a synapse: (4 E,)."""
    packed = np.empty(weight.size, weight.dtype)
    _packing(weight, network.synapses, packed)
    return packed


def tape_size(batch: int, samples: int, neurons: int) -> int:
    """Numbers that the forward way leaves for the way back."""
    return -(-batch // PAIR) * samples * 3 * neurons * PAIR


def wide_forward(
    inputs: Floats, state: Floats, elapsed: Floats, packed: Floats, memory: Floats, bias: Floats, network: CfCNetwork,
    states: Floats, tape: Floats, keep: bool,
) -> None:  # fmt: skip
    """Fill ``states`` (B, T, N) from ``inputs`` (B, T, F), ``state`` (B, N) and ``elapsed`` (B, T).

    Threads share the pairs; each car has the same bits with any number of them. With ``keep``, ``tape`` is what the
    adjoint needs, flat, of ``tape_size``.
    """
    row = network.source[network.synapses]
    T, N = states.shape[1:]

    def part(begin: int, end: int) -> None:
        mine = tape[tape_size(begin, T, N) :] if keep else tape
        _forward(
            inputs[begin:end], state[begin:end], elapsed[begin:end], packed, memory, bias, network.order,
            network.first, row, states[begin:end], mine, keep,
        )  # fmt: skip

    for _ in each_chunk(len(inputs), part, PAIR):
        pass


def wide_backward(
    d_states: Floats, inputs: Floats, state: Floats, elapsed: Floats, packed: Floats, memory: Floats,
    network: CfCNetwork, states: Floats, tape: Floats,
    d_weight: Floats, d_memory: Floats, d_bias: Floats, d_inputs: Floats, d_state: Floats,
) -> None:  # fmt: skip
    """Fill ``d_weight`` to ``d_state`` from ``d_states`` (B, T, N) and the forward way's ``tape``."""
    row = network.source[network.synapses]
    (B, T, F), N = inputs.shape, state.shape[1]
    used = 2 * T * -(-B // PAIR)
    samples = used + 1  # an odd number, for rows a power of two apart would push each other out of the cache
    owed = np.empty(4 * N * samples * LANES, inputs.dtype)
    heard = np.empty((F + 2 * N) * samples * LANES, inputs.dtype)

    def part(begin: int, end: int) -> None:
        _backward(
            d_states[begin:end], inputs[begin:end], state[begin:end], elapsed[begin:end], packed, memory,
            network.order, network.first, row, states[begin:end], tape[tape_size(begin, T, N) :], begin // PAIR,
            samples, owed, heard, d_inputs[begin:end], d_state[begin:end],
        )  # fmt: skip

    def of_neurons(begin: int, end: int) -> None:
        _gradients(
            owed, heard, used, samples, F, tuple(network), row, begin, end, d_weight, d_memory, d_bias
        )  # fmt: skip

    for _ in each_chunk(B, part, PAIR):
        pass
    for _ in each_chunk(N, of_neurons, _TARGETS):
        pass
