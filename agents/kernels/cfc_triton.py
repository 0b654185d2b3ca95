"""The closed-form network and its adjoint for CUDA, in Triton; imported only where there is Triton.

The equations are those of ``cfc_solver``, the way through the synapses is that of ``triton_tiles``. Within a sample
neurons move in stages; a neuron's stage is -1 where there is no neuron. Synapses in three groups carry inputs, *old*
activities, and *new* ones of this sample. The turns of the last group are in order of the stage in which they are
needed: by their target's stage forward, by their source's stage backward; those of stage k are ``first[k]`` to
``first[k + 1]``. Synapse number E is a dummy of weight zero.
"""

from __future__ import annotations

import triton
import triton.language as tl

from wormdrive.agents.kernels.triton_tiles import shown

__all__ = ["cfc_backward", "cfc_forward"]


@triton.jit
def _sigmoid(x):  # type: ignore[no-untyped-def]
    return 1.0 / (1.0 + tl.exp(-x))


@triton.jit
def _tanh(x):  # type: ignore[no-untyped-def]
    return 2.0 * _sigmoid(2.0 * x) - 1.0


@triton.jit
def _heard(  # type: ignore[no-untyped-def]
    near, far, rate, shift, tile, synapse, source, turn, weight, E, CARS: tl.constexpr, WIDE_N: tl.constexpr
):
    """Add what a turn's synapses carry from ``tile`` to the four functions."""
    at = turn * WIDE_N + tl.arange(0, WIDE_N)
    e = tl.load(synapse + at)
    carried = shown(tile, tl.load(source + at), CARS, WIDE_N)
    near += tl.load(weight + e, mask=e < E, other=0.0)[None, :] * carried
    far += tl.load(weight + E + e, mask=e < E, other=0.0)[None, :] * carried
    rate += tl.load(weight + 2 * E + e, mask=e < E, other=0.0)[None, :] * carried
    shift += tl.load(weight + 3 * E + e, mask=e < E, other=0.0)[None, :] * carried
    return near, far, rate, shift


@triton.jit
def cfc_forward(  # type: ignore[no-untyped-def]
    inputs, state, elapsed, weight, memory, bias, stage,
    sensory_synapse, sensory_source, old_synapse, old_source, new_synapse, new_source, new_first, states, tape,
    B, T, F, N, E,
    SENSORY: tl.constexpr, OLD: tl.constexpr, STAGES: tl.constexpr, CARS: tl.constexpr, WIDE_F: tl.constexpr,
    WIDE_N: tl.constexpr, KEEP: tl.constexpr,
):  # fmt: skip
    """Fill ``states`` (B, T, N) and, with KEEP, ``tape`` (B, T, 3, N): both potentials and the gate."""
    b = (tl.program_id(0) * CARS + tl.arange(0, CARS)).to(tl.int64)
    f = tl.arange(0, WIDE_F)
    j = tl.arange(0, WIDE_N)
    there = (b < B)[:, None] & (j < N)[None, :]
    x = tl.load(state + b[:, None] * N + j[None, :], mask=there, other=0.0)
    own_stage = tl.load(stage + j)[None, :]
    near_memory = tl.load(memory + j, mask=j < N, other=0.0)[None, :]
    far_memory = tl.load(memory + N + j, mask=j < N, other=0.0)[None, :]
    rate_memory = tl.load(memory + 2 * N + j, mask=j < N, other=0.0)[None, :]
    shift_memory = tl.load(memory + 3 * N + j, mask=j < N, other=0.0)[None, :]
    near_bias = tl.load(bias + j, mask=j < N, other=0.0)[None, :]
    far_bias = tl.load(bias + N + j, mask=j < N, other=0.0)[None, :]
    rate_bias = tl.load(bias + 2 * N + j, mask=j < N, other=0.0)[None, :]
    shift_bias = tl.load(bias + 3 * N + j, mask=j < N, other=0.0)[None, :]
    for t in range(T):
        sample = b * T + t
        u = tl.load(inputs + sample[:, None] * F + f[None, :], mask=(b < B)[:, None] & (f < F)[None, :], other=0.0)
        gap = tl.load(elapsed + sample, mask=b < B, other=0.0)[:, None]
        near = near_bias + near_memory * x
        far = far_bias + far_memory * x
        rate = rate_bias + rate_memory * x
        shift = shift_bias + shift_memory * x
        for turn in range(SENSORY):
            near, far, rate, shift = _heard(
                near, far, rate, shift, u, sensory_synapse, sensory_source, turn, weight, E, CARS, WIDE_N
            )
        for turn in range(OLD):
            near, far, rate, shift = _heard(
                near, far, rate, shift, x, old_synapse, old_source, turn, weight, E, CARS, WIDE_N
            )
        new = tl.zeros_like(x)
        for k in tl.static_range(STAGES):
            for turn in range(tl.load(new_first + k), tl.load(new_first + k + 1)):
                near, far, rate, shift = _heard(
                    near, far, rate, shift, new, new_synapse, new_source, turn, weight, E, CARS, WIDE_N
                )
            gate = _sigmoid(rate * gap + shift)
            moved = (1.0 - gate) * _tanh(near) + gate * _tanh(far)
            new = tl.where(own_stage == k, moved, new)
        x = new
        tl.store(states + sample[:, None] * N + j[None, :], x, mask=there)
        if KEEP:
            row = tape + (sample * 3 * N)[:, None] + j[None, :]
            tl.store(row, _tanh(near), mask=there)
            tl.store(row + N, _tanh(far), mask=there)
            tl.store(row + 2 * N, _sigmoid(rate * gap + shift), mask=there)


@triton.jit
def _owed(  # type: ignore[no-untyped-def]
    carried, d_near, d_far, d_rate, d_shift, synapse, target, turn, weight, sums, E,
    CARS: tl.constexpr, SIZE: tl.constexpr,
):  # fmt: skip
    """Return the derivative by what a turn's sources showed, (CARS, SIZE); add to the sums of its synapses."""
    at = turn * SIZE + tl.arange(0, SIZE)
    e = tl.load(synapse + at)
    end = tl.load(target + at)
    real = e < E
    near = shown(d_near, end, CARS, SIZE)
    far = shown(d_far, end, CARS, SIZE)
    rate = shown(d_rate, end, CARS, SIZE)
    shift = shown(d_shift, end, CARS, SIZE)
    tl.atomic_add(sums + e, tl.sum(near * carried, 0), mask=real)
    tl.atomic_add(sums + E + e, tl.sum(far * carried, 0), mask=real)
    tl.atomic_add(sums + 2 * E + e, tl.sum(rate * carried, 0), mask=real)
    tl.atomic_add(sums + 3 * E + e, tl.sum(shift * carried, 0), mask=real)
    owed = near * tl.load(weight + e, mask=real, other=0.0)[None, :]
    owed += far * tl.load(weight + E + e, mask=real, other=0.0)[None, :]
    owed += rate * tl.load(weight + 2 * E + e, mask=real, other=0.0)[None, :]
    return owed + shift * tl.load(weight + 3 * E + e, mask=real, other=0.0)[None, :]


@triton.jit
def cfc_backward(  # type: ignore[no-untyped-def]
    d_states, inputs, state, elapsed, weight, memory, stage,
    sensory_synapse, sensory_target, old_synapse, old_target, new_synapse, new_target, new_first, states, tape,
    of_synapse, of_neuron, d_inputs, d_state, B, T, F, N, E,
    SENSORY: tl.constexpr, OLD: tl.constexpr, STAGES: tl.constexpr, CARS: tl.constexpr, WIDE_F: tl.constexpr,
    WIDE_N: tl.constexpr,
):  # fmt: skip
    """Fill ``d_inputs`` (B, T, F) and ``d_state`` (B, N); add up what becomes the parameters' derivatives.

    A row a program, so that sums come in the same order every time: ``of_synapse`` (programs, 4, E), zeros before, gets
    those of the weights; ``of_neuron`` (programs, 8, N) those of the biases, then of the memories.
    """
    b = (tl.program_id(0) * CARS + tl.arange(0, CARS)).to(tl.int64)
    f = tl.arange(0, WIDE_F)
    j = tl.arange(0, WIDE_N)
    there = (b < B)[:, None] & (j < N)[None, :]
    seen = (b < B)[:, None] & (f < F)[None, :]
    own_stage = tl.load(stage + j)[None, :]
    own_synapses = of_synapse + tl.program_id(0).to(tl.int64) * 4 * E
    near_memory = tl.load(memory + j, mask=j < N, other=0.0)[None, :]
    far_memory = tl.load(memory + N + j, mask=j < N, other=0.0)[None, :]
    rate_memory = tl.load(memory + 2 * N + j, mask=j < N, other=0.0)[None, :]
    shift_memory = tl.load(memory + 3 * N + j, mask=j < N, other=0.0)[None, :]
    by_near_bias = tl.zeros([WIDE_N], inputs.dtype.element_ty)
    by_far_bias = tl.zeros_like(by_near_bias)
    by_rate_bias = tl.zeros_like(by_near_bias)
    by_shift_bias = tl.zeros_like(by_near_bias)
    by_near_memory = tl.zeros_like(by_near_bias)
    by_far_memory = tl.zeros_like(by_near_bias)
    by_rate_memory = tl.zeros_like(by_near_bias)
    by_shift_memory = tl.zeros_like(by_near_bias)
    d_x = tl.zeros([CARS, WIDE_N], inputs.dtype.element_ty)
    for past in range(T):
        t = T - 1 - past
        sample = b * T + t
        u = tl.load(inputs + sample[:, None] * F + f[None, :], mask=seen, other=0.0)
        gap = tl.load(elapsed + sample, mask=b < B, other=0.0)[:, None]
        new = tl.load(states + sample[:, None] * N + j[None, :], mask=there, other=0.0)
        if t > 0:
            old = tl.load(states + (sample - 1)[:, None] * N + j[None, :], mask=there, other=0.0)
        else:
            old = tl.load(state + b[:, None] * N + j[None, :], mask=there, other=0.0)
        row = tape + (sample * 3 * N)[:, None] + j[None, :]
        near = tl.load(row, mask=there, other=0.0)
        far = tl.load(row + N, mask=there, other=0.0)
        gate = tl.load(row + 2 * N, mask=there, other=0.0)
        # Of an activity's derivative, what comes to each of the four functions.
        to_near = (1.0 - gate) * (1.0 - near * near)
        to_far = gate * (1.0 - far * far)
        to_shift = (far - near) * (gate * (1.0 - gate))
        d_x += tl.load(d_states + sample[:, None] * N + j[None, :], mask=there, other=0.0)
        d_near = tl.zeros_like(d_x)
        d_far = tl.zeros_like(d_x)
        d_rate = tl.zeros_like(d_x)
        d_shift = tl.zeros_like(d_x)
        for past_stage in tl.static_range(STAGES):
            k = STAGES - 1 - past_stage
            for turn in range(tl.load(new_first + k), tl.load(new_first + k + 1)):
                d_x += _owed(
                    new, d_near, d_far, d_rate, d_shift, new_synapse, new_target, turn, weight, own_synapses, E,
                    CARS, WIDE_N,
                )  # fmt: skip
            due = tl.where(own_stage == k, d_x, 0.0)
            d_near += due * to_near
            d_far += due * to_far
            d_rate += due * to_shift * gap
            d_shift += due * to_shift
        by_near_bias += tl.sum(d_near, 0)
        by_far_bias += tl.sum(d_far, 0)
        by_rate_bias += tl.sum(d_rate, 0)
        by_shift_bias += tl.sum(d_shift, 0)
        by_near_memory += tl.sum(d_near * old, 0)
        by_far_memory += tl.sum(d_far * old, 0)
        by_rate_memory += tl.sum(d_rate * old, 0)
        by_shift_memory += tl.sum(d_shift * old, 0)
        d_x = d_near * near_memory + d_far * far_memory + d_rate * rate_memory + d_shift * shift_memory
        for turn in range(OLD):
            d_x += _owed(
                old, d_near, d_far, d_rate, d_shift, old_synapse, old_target, turn, weight, own_synapses, E,
                CARS, WIDE_N,
            )  # fmt: skip
        d_u = tl.zeros_like(u)
        for turn in range(SENSORY):
            d_u += _owed(
                u, d_near, d_far, d_rate, d_shift, sensory_synapse, sensory_target, turn, weight, own_synapses, E,
                CARS, WIDE_F,
            )  # fmt: skip
        tl.store(d_inputs + sample[:, None] * F + f[None, :], d_u, mask=seen)
    tl.store(d_state + b[:, None] * N + j[None, :], d_x, mask=there)
    own_neurons = of_neuron + tl.program_id(0).to(tl.int64) * 8 * N + j
    tl.store(own_neurons, by_near_bias, mask=j < N)
    tl.store(own_neurons + N, by_far_bias, mask=j < N)
    tl.store(own_neurons + 2 * N, by_rate_bias, mask=j < N)
    tl.store(own_neurons + 3 * N, by_shift_bias, mask=j < N)
    tl.store(own_neurons + 4 * N, by_near_memory, mask=j < N)
    tl.store(own_neurons + 5 * N, by_far_memory, mask=j < N)
    tl.store(own_neurons + 6 * N, by_rate_memory, mask=j < N)
    tl.store(own_neurons + 7 * N, by_shift_memory, mask=j < N)
