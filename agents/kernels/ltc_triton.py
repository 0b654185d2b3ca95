"""The liquid network's solver and its adjoint for CUDA, in Triton; imported only where there is Triton.

The equations are those of ``ltc_solver``, the way through the synapses is that of ``triton_tiles``. Turns that a neuron
has no synapse for carry the number of a dummy synapse, one behind the last, whose weight is zero.
"""

from __future__ import annotations

import triton
import triton.language as tl

from wormdrive.agents.kernels.triton_tiles import shown

__all__ = ["ltc_backward", "ltc_forward"]


@triton.jit
def _gate(pre, slope, midpoint):  # type: ignore[no-untyped-def]
    return 1.0 / (1.0 + tl.exp(slope[None, :] * (midpoint[None, :] - pre)))


@triton.jit
def ltc_forward(  # type: ignore[no-untyped-def]
    inputs, state, elapsed, weight, reversal, slope, midpoint, capacitance, leak, rest,
    sensory_synapse, sensory_source, inner_synapse, inner_source, states, tape, B, T, F, N, unfolds,
    SENSORY: tl.constexpr, INNER: tl.constexpr, CARS: tl.constexpr, WIDE_F: tl.constexpr, WIDE_N: tl.constexpr,
    KEEP: tl.constexpr,
):  # fmt: skip
    """Fill ``states`` (B, T, N) and, with KEEP, ``tape`` (B, T, unfolds, 2, N): old potentials, 1 / denominators."""
    b = (tl.program_id(0) * CARS + tl.arange(0, CARS)).to(tl.int64)
    f = tl.arange(0, WIDE_F)
    j = tl.arange(0, WIDE_N)
    there = (b < B)[:, None] & (j < N)[None, :]
    v = tl.load(state + b[:, None] * N + j[None, :], mask=there, other=0.0)
    own_capacitance = tl.load(capacitance + j, mask=j < N, other=1.0)[None, :]
    own_leak = tl.load(leak + j, mask=j < N, other=0.0)[None, :]
    own_rest = tl.load(rest + j, mask=j < N, other=0.0)[None, :]
    for t in range(T):
        sample = b * T + t
        u = tl.load(inputs + sample[:, None] * F + f[None, :], mask=(b < B)[:, None] & (f < F)[None, :], other=0.0)
        h = (tl.load(elapsed + sample, mask=b < B, other=0.0) / unfolds)[:, None]
        current = own_leak * own_rest + tl.zeros_like(v)
        conductance = own_leak + tl.zeros_like(v)
        for turn in range(SENSORY):
            e = tl.load(sensory_synapse + turn * WIDE_N + j)
            pre = shown(u, tl.load(sensory_source + turn * WIDE_N + j), CARS, WIDE_N)
            opened = tl.load(weight + e)[None, :] * _gate(pre, tl.load(slope + e), tl.load(midpoint + e))
            conductance += opened
            current += opened * tl.load(reversal + e)[None, :]
        fixed_top = h * current
        fixed_bottom = own_capacitance + h * conductance
        for unfold in range(unfolds):
            current = tl.zeros_like(v)
            conductance = tl.zeros_like(v)
            for turn in range(INNER):
                e = tl.load(inner_synapse + turn * WIDE_N + j)
                pre = shown(v, tl.load(inner_source + turn * WIDE_N + j), CARS, WIDE_N)
                opened = tl.load(weight + e)[None, :] * _gate(pre, tl.load(slope + e), tl.load(midpoint + e))
                conductance += opened
                current += opened * tl.load(reversal + e)[None, :]
            inverse = 1.0 / (fixed_bottom + h * conductance)
            if KEEP:
                row = tape + ((sample * unfolds + unfold) * 2 * N)[:, None] + j[None, :]
                tl.store(row, v, mask=there)
                tl.store(row + N, inverse, mask=there)
            v = (own_capacitance * v + (fixed_top + h * current)) * inverse
        tl.store(states + sample[:, None] * N + j[None, :], v, mask=there)


@triton.jit
def _owed(  # type: ignore[no-untyped-def]
    carried, by_top, by_bottom, e, target, weight, reversal, slope, midpoint, sums, E,
    CARS: tl.constexpr, SIZE: tl.constexpr,
):  # fmt: skip
    """Return the derivative by what sources showed, (CARS, SIZE), through synapses ``e`` (SIZE,); add to their sums."""
    top = shown(by_top, target, CARS, SIZE)
    bottom = shown(by_bottom, target, CARS, SIZE)
    own_slope = tl.load(slope + e)
    gate = _gate(carried, own_slope, tl.load(midpoint + e))
    d_x = (top * tl.load(reversal + e)[None, :] + bottom) * tl.load(weight + e)[None, :]
    d_x = d_x * (gate * (1.0 - gate))
    tl.atomic_add(sums + e, tl.sum(top * gate, 0), mask=e < E)
    tl.atomic_add(sums + E + e, tl.sum(bottom * gate, 0), mask=e < E)
    tl.atomic_add(sums + 2 * E + e, tl.sum(d_x, 0), mask=e < E)
    tl.atomic_add(sums + 3 * E + e, tl.sum(d_x * carried, 0), mask=e < E)
    return d_x * own_slope[None, :]


@triton.jit
def ltc_backward(  # type: ignore[no-untyped-def]
    d_states, inputs, elapsed, weight, reversal, slope, midpoint, capacitance,
    sensory_synapse, sensory_target, inner_synapse, inner_target, states, tape,
    of_synapse, of_neuron, d_inputs, d_state, B, T, F, N, E, unfolds,
    SENSORY: tl.constexpr, INNER: tl.constexpr, CARS: tl.constexpr, WIDE_F: tl.constexpr, WIDE_N: tl.constexpr,
):  # fmt: skip
    """Fill ``d_inputs`` (B, T, F) and ``d_state`` (B, N); add up what becomes the parameters' derivatives.

    A row a program, so that sums come in the same order every time: ``of_synapse`` (programs, 4, E), zeros before, gets
    the sums of d_top gate, d_bottom gate, d_x, d_x u; ``of_neuron`` (programs, 3, N) those of the capacitance's
    derivative, d_top and d_bottom.
    """
    b = (tl.program_id(0) * CARS + tl.arange(0, CARS)).to(tl.int64)
    f = tl.arange(0, WIDE_F)
    j = tl.arange(0, WIDE_N)
    there = (b < B)[:, None] & (j < N)[None, :]
    seen = (b < B)[:, None] & (f < F)[None, :]
    own_capacitance = tl.load(capacitance + j, mask=j < N, other=1.0)[None, :]
    own_synapses = of_synapse + tl.program_id(0).to(tl.int64) * 4 * E
    d_v = tl.zeros([CARS, WIDE_N], inputs.dtype.element_ty)
    by_capacitance = tl.zeros_like(d_v)
    all_top = tl.zeros_like(d_v)
    all_bottom = tl.zeros_like(d_v)
    for past in range(T):
        t = T - 1 - past
        sample = b * T + t
        u = tl.load(inputs + sample[:, None] * F + f[None, :], mask=seen, other=0.0)
        h = (tl.load(elapsed + sample, mask=b < B, other=0.0) / unfolds)[:, None]
        new = tl.load(states + sample[:, None] * N + j[None, :], mask=there, other=0.0)
        d_v += tl.load(d_states + sample[:, None] * N + j[None, :], mask=there, other=0.0)
        sum_top = tl.zeros_like(d_v)
        sum_bottom = tl.zeros_like(d_v)
        for past_unfold in range(unfolds):
            row = tape + ((sample * unfolds + unfolds - 1 - past_unfold) * 2 * N)[:, None] + j[None, :]
            old = tl.load(row, mask=there, other=0.0)
            by_top = d_v * tl.load(row + N, mask=there, other=0.0)
            by_bottom = -by_top * new
            by_capacitance += by_top * old + by_bottom
            d_v = by_top * own_capacitance
            by_top = h * by_top
            by_bottom = h * by_bottom
            sum_top += by_top
            sum_bottom += by_bottom
            for turn in range(INNER):
                e = tl.load(inner_synapse + turn * WIDE_N + j)
                target = tl.load(inner_target + turn * WIDE_N + j)
                d_v += _owed(
                    old, by_top, by_bottom, e, target, weight, reversal, slope, midpoint, own_synapses, E, CARS, WIDE_N
                )
            new = old
        all_top += sum_top
        all_bottom += sum_bottom
        d_u = tl.zeros_like(u)
        for turn in range(SENSORY):
            e = tl.load(sensory_synapse + turn * WIDE_F + f)
            target = tl.load(sensory_target + turn * WIDE_F + f)
            d_u += _owed(
                u, sum_top, sum_bottom, e, target, weight, reversal, slope, midpoint, own_synapses, E, CARS, WIDE_F
            )
        tl.store(d_inputs + sample[:, None] * F + f[None, :], d_u, mask=seen)
    tl.store(d_state + b[:, None] * N + j[None, :], d_v, mask=there)
    own_neurons = of_neuron + tl.program_id(0).to(tl.int64) * 3 * N + j
    tl.store(own_neurons, tl.sum(by_capacitance, 0), mask=j < N)
    tl.store(own_neurons + N, tl.sum(all_top, 0), mask=j < N)
    tl.store(own_neurons + 2 * N, tl.sum(all_bottom, 0), mask=j < N)
