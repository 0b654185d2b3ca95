"""The liquid time-constant equations and their semi-implicit solver, in plain torch: the reference.

Hasani et al., *Liquid time-constant networks*, AAAI 2021; in the conductance form of Lechner, Hasani et al. (2020).
For neuron j with potential v_j, with synapses i -> j,

    C_j dv_j/dt = g_j (r_j - v_j) + sum_i w_ij sigmoid(s_ij (u_i - m_ij)) (E_ij - v_j)

where u_i is the input of a sensory neuron or the potential of another one. Each sample is solved in K unfolds of length
h = elapsed / K that take the sigmoids at the old potentials and v_j on the right at the new one:

    v_j <- (C_j v_j + h (g_j r_j + sum w E sigmoid)) / (C_j + h (g_j + sum w sigmoid))

With C > 0 and h, g, w >= 0 this is a convex combination of v_j, r_j and the E_ij: whatever the input and however long
the step, potentials stay inside the hull of the initial potential, the resting potential and the reversal potentials.

Bounded is not exact: K steps are not the differential equation. What is trained is the map of K = 6 steps a sample, and
its parameters are at home in that map alone. Along a drive 1,000 unfolds a sample instead of 6 move the shipped
policy's motor neuron by 0.14 (its own deviation is 0.29), and half the sample period with
twice the frames moves it by 0.08. Time constants, phase portraits and stability read from the differential equation are
therefore not those of the trained network. ``TrainConfig.vary_unfolds`` and ``vary_period_parts`` train over several
step lengths.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from wormdrive.agents.wirings.wiring import Wiring

__all__ = ["LTCParameters", "SynapseIndex", "ltc_reference", "solve"]


class LTCParameters(NamedTuple):
    """The numbers in the equation, all of one float type.

    Synapses in the wiring's order: ``weight`` w >= 0, ``reversal`` E, ``slope`` s, ``midpoint`` m, (E,) each. Neurons
    in state order: ``capacitance`` C > 0, ``leak`` g >= 0, ``rest`` r, (N,) each.
    """

    weight: Tensor
    reversal: Tensor
    slope: Tensor
    midpoint: Tensor
    capacitance: Tensor
    leak: Tensor
    rest: Tensor


class SynapseIndex(nn.Module):
    """A wiring's synapses as index tensors: the sensory ones (first ``sensory_count``), then the inner ones.

    The tensors are buffers that are not saved, so that they follow their cell to a device and out in ``torch.export``.
    """

    source: Tensor
    target: Tensor

    def __init__(self, wiring: Wiring) -> None:
        super().__init__()
        self.input_size = wiring.input_size
        self.state_size = wiring.state_size
        self.output_size = wiring.output_size
        self.sensory_count = wiring.sensory_synapse_count
        self.sources = wiring.sources
        self.targets = wiring.targets
        self.register_buffer("source", torch.from_numpy(np.array(self.sources)), persistent=False)
        self.register_buffer("target", torch.from_numpy(np.array(self.targets)), persistent=False)


def solve(
    index: SynapseIndex, parameters: LTCParameters, inputs: Tensor, state: Tensor, elapsed: Tensor, unfolds: int
) -> Tensor:
    """Potentials after every sample.

    ``inputs`` (B, T, F), ``state`` (B, N) before the first sample, ``elapsed`` (B, T) >= 0 -> (B, T, N). Everything
    has the parameters' type; autograd works through it any number of times.
    """
    p, N, first_inner = parameters, index.state_size, index.sensory_count
    sources, targets = index.source, index.target
    # Sums over each neuron's synapses are products with an (E, 2N) matrix: first N columns w E sigmoid, then w sigmoid.
    synapses = torch.arange(len(targets), device=targets.device)
    collect = p.weight.new_zeros(len(targets), 2 * N)
    collect = collect.index_put((synapses, targets), p.weight * p.reversal).index_put((synapses, targets + N), p.weight)
    gate = torch.sigmoid(p.slope[:first_inner] * (inputs[..., sources[:first_inner]] - p.midpoint[:first_inner]))
    step = (elapsed / unfolds).unsqueeze(-1)
    # The sensory part and the leak do not change within a sample.
    fixed = step * (gate @ collect[:first_inner] + torch.cat([p.leak * p.rest, p.leak]))
    numerator, denominator = fixed[..., :N], p.capacitance + fixed[..., N:]

    inner_slope = p.slope[first_inner:]
    spread = p.weight.new_zeros(N, len(inner_slope)).index_put(
        (sources[first_inner:], synapses[: len(inner_slope)]), inner_slope
    )
    offset = -inner_slope * p.midpoint[first_inner:]
    inner_collect = collect[first_inner:]
    trajectory: list[Tensor] = []
    v = state
    for h, fixed_top, fixed_bottom in zip(step.unbind(1), numerator.unbind(1), denominator.unbind(1), strict=True):
        for _ in range(unfolds):
            moving = h * (torch.sigmoid(torch.addmm(offset, v, spread)) @ inner_collect)
            v = (torch.addcmul(fixed_top, p.capacitance, v) + moving[:, :N]) / (fixed_bottom + moving[:, N:])
        trajectory.append(v)
    return torch.stack(trajectory, 1)


def ltc_reference(index: SynapseIndex, unfolds: int) -> Callable[..., Tensor]:
    """Return ``solve`` as a function of inputs, state, elapsed and the seven parameters."""
    return partial(_solve, index, unfolds)


def _solve(
    index: SynapseIndex, unfolds: int, inputs: Tensor, state: Tensor, elapsed: Tensor, *parameters: Tensor
) -> Tensor:
    return solve(index, LTCParameters(*parameters), inputs, state, elapsed, unfolds)
