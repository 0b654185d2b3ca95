"""LayeredCfC: the closed-form cell on the graph that ncps gives it, in layers that are wholly recurrent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.cells.cfc_solver import CfCParameters
from wormdrive.agents.wirings.wiring import Neuron, Role, Synapse, Wiring
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["MOST_LAYERS", "LayeredCfC"]

_ROLES: tuple[Role, ...] = ("motor", "command", "inter")
MOST_LAYERS = len(_ROLES)

Mask = NDArray[np.bool_]


class LayeredCfC(CfC):
    """A ``CfC`` whose layers hear the whole layer before, and themselves.

    What ncps makes of a wiring: its synapses from the layer before carry the two potentials; every neuron's time gate
    hears all of that layer, and neurons of one layer hear each other in everything. That is a ``CfC`` on a wiring with
    more synapses, some of which are kept out of the potentials: the kernels are the same. Weights begin as those of
    ncps do.

    The state begins with the last layer and ends with the first.

    Parameters
    ----------
    masks:
        A layer each, from the first: (sources, neurons), which potentials hear which sources; sources are the inputs,
        then the layer before.

    Raises
    ------
    ArgumentError
        There are more than three layers, or masks do not fit one another.

    Examples
    --------
    >>> cell = LayeredCfC([np.ones((3, 5), bool), np.ones((5, 2), bool)])
    >>> outputs, state = cell(torch.zeros(4, 6, 3), cell.initial_state(4))
    >>> outputs.shape, state.shape
    (torch.Size([4, 6, 2]), torch.Size([4, 7]))
    """

    _names = ("weight", "memory", "bias")
    mask: Tensor

    def __init__(self, masks: Sequence[Mask]) -> None:
        if not 1 <= len(masks) <= MOST_LAYERS:
            raise ArgumentError(f"masks: {len(masks)} layers: allowed are 1 to {MOST_LAYERS}")
        if any(before.shape[1] != mask.shape[0] for before, mask in pairwise(masks)):
            raise ArgumentError(
                f"masks: shapes {[m.shape for m in masks]}: allowed are layers that hear the one before"
            )
        self.layers = _layers(masks)
        super().__init__(_wiring(masks, self.layers))
        mask = np.ones((4, len(self.wiring.synapses)), bool)
        for layer, allowed in zip(self.layers, masks, strict=True):
            mask[:2, layer.outer] = allowed
        self.register_buffer("mask", torch.from_numpy(mask), persistent=False)
        for number, layer in enumerate(self.layers):
            heard, size = layer.outer.shape
            limit = (6.0 / (heard + 2 * size)) ** 0.5  # Xavier's
            weight = torch.empty(4, size, heard + size).uniform_(-limit, limit)
            limit = (heard + size) ** -0.5
            self.set_matrices(number, weight, torch.empty(4, size).uniform_(-limit, limit))

    def parameters_in_equation(self) -> CfCParameters:
        """Return the numbers as they stand in the equations."""
        return CfCParameters(self.weight * self.mask, self.memory, self.bias)

    @torch.no_grad()
    def matrices(self, layer: int) -> tuple[Tensor, Tensor]:
        """Return a layer's weights (4, neurons, sources + neurons) and biases (4, neurons): p, q, rate and shift.

        Weights of potentials that are masked are there, too.
        """
        found = self.layers[layer]
        outer = self.weight[:, found.outer].transpose(1, 2)
        own = self.weight[:, found.inner].transpose(1, 2)
        diagonal = torch.arange(len(found.neurons))
        own[:, diagonal, diagonal] = self.memory[:, found.neurons]
        return torch.cat([outer, own], 2), self.bias[:, found.neurons].clone()

    @torch.no_grad()
    def set_matrices(self, layer: int, weight: Tensor, bias: Tensor) -> None:
        """Take over a layer's weights and biases, as ``matrices`` returns them."""
        found = self.layers[layer]
        heard, size = found.outer.shape
        for name, given, wanted in (("weight", weight, (4, size, heard + size)), ("bias", bias, (4, size))):
            if given.shape != wanted:
                raise ArgumentError(f"{name}: shape {tuple(given.shape)}: allowed is {wanted}")
        off = ~np.eye(size, dtype=bool)
        own = weight[..., heard:].transpose(1, 2)
        self.weight[:, found.outer] = weight[..., :heard].transpose(1, 2).to(self.weight)
        self.weight[:, found.inner[off]] = own[:, torch.from_numpy(off)].to(self.weight)
        self.memory[:, found.neurons] = own.diagonal(dim1=1, dim2=2).to(self.memory)
        self.bias[:, found.neurons] = bias.to(self.bias)


class _Layer(NamedTuple):
    """Where a layer's numbers are.

    ``neurons``: columns of the state; ``outer`` (sources, neurons) and ``inner`` (neurons, neurons): synapses, by
    source and target; 0 on the diagonal of ``inner``, where there is none.
    """

    neurons: NDArray[np.int64]
    outer: NDArray[np.int64]
    inner: NDArray[np.int64]


def _layers(masks: Sequence[Mask]) -> list[_Layer]:
    ends = np.cumsum([mask.shape[1] for mask in reversed(masks)])[::-1].tolist()
    found, count = [], 0
    for mask, end in zip(masks, ends, strict=True):
        size = mask.shape[1]
        outer = count + np.arange(mask.size).reshape(mask.shape)
        inner, off = np.zeros((size, size), np.int64), ~np.eye(size, dtype=bool)
        inner[off] = count + mask.size + np.arange(size * (size - 1))
        found.append(_Layer(np.arange(end - size, end), outer, inner))
        count += mask.size + size * (size - 1)
    return found


def _wiring(masks: Sequence[Mask], layers: Sequence[_Layer]) -> Wiring:
    """Make the wiring whose synapses are numbered as in ``layers``; roles say who moves first."""
    inputs = [Neuron(f"sensory_{k}", "sensory") for k in range(masks[0].shape[0])]
    roles = _ROLES[: len(masks)][::-1]
    names = [[f"{role}_{k}" for k in range(mask.shape[1])] for role, mask in zip(roles, masks, strict=True)]
    own = [Neuron(name, role) for role, group in reversed(list(zip(roles, names, strict=True))) for name in group]
    synapses: list[Synapse] = []
    before = [neuron.name for neuron in inputs]
    for group in names:
        synapses.extend(_all(before, group))
        synapses.extend(one for one in _all(group, group) if one.source != one.target)
        before = group
    return Wiring((*inputs, *own), tuple(synapses))


def _all(sources: Sequence[str], targets: Sequence[str]) -> Iterator[Any]:
    return (Synapse(source, target, 1) for source in sources for target in targets)
