"""The closed forms of ncps that kernels do not know: with a backbone before them, or in the modes pure and no_gate.

Hasani et al., *Closed-form continuous-time neural networks*, Nature Machine Intelligence 4 (2022). What a layer hears,
inputs and its own activity x, goes through a backbone of fully connected layers, and then through affine heads:

    default   x(t) = (1 - s) tanh(p) + s tanh(q),    s = sigmoid(a t + b)
    no_gate   x(t) = tanh(p) + s tanh(q)
    pure      x(t) = A - A p exp(-t (|w_tau| + |p|))

p, q, a and b are heads; A and w_tau are numbers of each neuron.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.cells.liquid_cell import check_elapsed
from wormdrive.agents.device import without_autocast

__all__ = ["ACTIVATIONS", "MODES", "Activation", "Blend", "ClosedFormLayer", "ClosedFormLayers", "LeCunTanh", "Mode"]

Mode = Literal["default", "pure", "no_gate"]
Activation = Literal["lecun_tanh", "tanh", "relu", "gelu", "silu"]


class LeCunTanh(nn.Module):
    """1.7159 tanh(0.666 x), in the rounding of ncps."""

    def forward(self, values: Tensor) -> Tensor:
        """Compute."""
        return 1.7159 * torch.tanh(0.666 * values)


ACTIVATIONS: Mapping[Activation, Callable[[], nn.Module]] = MappingProxyType(
    {"lecun_tanh": LeCunTanh, "tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU}
)


Time = Tensor | float
"""Elapsed time, (B, 1) or a number."""


class Blend(nn.Module, ABC):
    """What becomes of a layer's heads as time passes: (B, heads N) -> (B, N)."""

    heads: int

    def __init__(self, neurons: int) -> None:
        super().__init__()
        self.neurons = neurons

    @abstractmethod
    def forward(self, heads: Tensor, time: Time) -> Tensor:
        """Compute."""


class Default(Blend):
    """From one potential to the other."""

    heads = 4

    def forward(self, heads: Tensor, time: Time) -> Tensor:
        """Compute."""
        near, far, gate = _potentials_and_gate(heads, time)
        return torch.lerp(near, far, gate)


class NoGate(Blend):
    """The second potential comes on top of the first."""

    heads = 4

    def forward(self, heads: Tensor, time: Time) -> Tensor:
        """Compute."""
        near, far, gate = _potentials_and_gate(heads, time)
        return torch.addcmul(near, gate, far)


class Pure(Blend):
    """The approximate solution itself; ``rate`` is w_tau and ``goal`` A, (N,) each."""

    heads = 1

    def __init__(self, neurons: int) -> None:
        super().__init__(neurons)
        self.rate = nn.Parameter(torch.zeros(neurons))
        self.goal = nn.Parameter(torch.ones(neurons))

    def forward(self, heads: Tensor, time: Time) -> Tensor:
        """Compute."""
        return self.goal - self.goal * torch.exp(-time * (self.rate.abs() + heads.abs())) * heads


def _potentials_and_gate(heads: Tensor, time: Time) -> tuple[Tensor, Tensor, Tensor]:
    affine, rate, shift = heads.tensor_split((heads.shape[1] // 2, heads.shape[1] // 4 * 3), 1)
    near, far = torch.tanh(affine).chunk(2, 1)
    heard = torch.addcmul(shift, rate, time) if isinstance(time, Tensor) else torch.add(shift, rate, alpha=time)
    return near, far, torch.sigmoid(heard)


MODES: Mapping[Mode, type[Blend]] = MappingProxyType({"default": Default, "pure": Pure, "no_gate": NoGate})


class ClosedFormLayer(nn.Module):
    """One layer: backbone, heads, blend.

    Parameters
    ----------
    inputs, neurons:
        F and N.
    mode:
        Name of the blend.
    backbone:
        Widths of the backbone's layers; none: heads hear the inputs and activities themselves.
    activation:
        Of the backbone.
    dropout:
        Share that is dropped behind every layer of the backbone but the first.
    mask:
        (F, N) truth values, which potentials hear which inputs; only without a backbone.
    """

    mask: Tensor | None

    def __init__(
        self,
        inputs: int,
        neurons: int,
        mode: Mode,
        *,
        backbone: Sequence[int] = (),
        activation: Activation = "lecun_tanh",
        dropout: float = 0.0,
        mask: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.inputs, self.neurons = inputs, neurons
        self.blend = MODES[mode](neurons)
        widths = [inputs + neurons, *backbone]
        self.backbone = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))
        self.activation = ACTIVATIONS[activation]()
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(widths[-1], self.blend.heads * neurons)
        for linear in self.linears():
            nn.init.xavier_uniform_(linear.weight)
        for head in self.heads.weight.detach().chunk(self.blend.heads):
            nn.init.xavier_uniform_(head)
        if mask is None:
            self.mask = None
        else:
            potentials = min(self.blend.heads, 2)
            heard = torch.cat([mask, torch.ones(neurons, neurons, dtype=torch.bool)]).T
            others = torch.ones_like(heard).repeat(self.blend.heads - potentials, 1)
            self.register_buffer("mask", torch.cat([heard.repeat(potentials, 1), others]), persistent=False)

    def linears(self) -> list[nn.Linear]:
        """Return the backbone's layers."""
        return [linear for linear in self.backbone if isinstance(linear, nn.Linear)]

    def trace(self, inputs: Tensor, state: Tensor, times: Sequence[Time]) -> Tensor:
        """Activity after every sample: (B, T, F), (B, N), T elapsed times -> (B, T, N)."""
        (weight, bias), *others = self._affine_maps()
        if len(times) == 1:  # nothing is gained by what follows
            heard = F.linear(torch.cat([inputs[:, 0], state], 1), weight, bias)
            state = self.blend(self._heads(heard, others), times[0])
            return state.unsqueeze(1)
        # What comes from the inputs is computed for the whole sequence at once, before the loop.
        drives = F.linear(inputs, weight[:, : self.inputs], bias)
        from_state = weight[:, self.inputs :].T
        found: list[Tensor] = []
        for drive, time in zip(drives.unbind(1), times, strict=True):
            state = self.blend(self._heads(torch.addmm(drive, state, from_state), others), time)
            found.append(state)
        return torch.stack(found, 1)

    def _affine_maps(self) -> list[tuple[Tensor, Tensor]]:
        heads = self.heads.weight if self.mask is None else self.heads.weight * self.mask
        return [*((linear.weight, linear.bias) for linear in self.linears()), (heads, self.heads.bias)]

    def _heads(self, heard: Tensor, maps: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
        """Go through what is behind the first map, up to the heads."""
        for number, (weight, bias) in enumerate(maps):
            heard = self.activation(heard)
            heard = F.linear(self.dropout(heard) if number else heard, weight, bias)
        return heard


class ClosedFormLayers(nn.Module):
    """Layers, each recurrent in itself, each hearing the one before; the state begins with the first."""

    def __init__(self, layers: Sequence[ClosedFormLayer]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.sizes = [layer.neurons for layer in layers]

    def trace(self, inputs: Tensor, state: Tensor, elapsed: Tensor | float = 1.0) -> Tensor:
        """Activity after every sample: (B, T, F), (B, N), elapsed in samples -> (B, T, N), in the parameters' type."""
        check_elapsed(elapsed, *inputs.shape[:2])
        like = self._first.heads.bias
        values, state = inputs.to(like.dtype), state.to(like.dtype)
        times: Sequence[Time]
        if isinstance(elapsed, Tensor):
            times = elapsed.to(like).expand(inputs.shape[:2])[..., None].unbind(1)
        else:
            times = [elapsed] * inputs.shape[1]
        if inputs.is_meta or not torch.is_autocast_enabled(inputs.device.type):
            return self._trace(values, state, times)
        with without_autocast(inputs.device):
            return self._trace(values, state, times)

    def _trace(self, values: Tensor, state: Tensor, times: Sequence[Time]) -> Tensor:
        if len(self.sizes) == 1:
            return self._first.trace(values, state, times)
        found: list[Tensor] = []
        for layer, part in zip(self.layers, torch.split(state, self.sizes, 1), strict=True):
            values = layer.trace(values, part, times)  # type: ignore[operator]
            found.append(values)
        return torch.cat(found, 2)

    @property
    def _first(self) -> ClosedFormLayer:
        return cast(ClosedFormLayer, self.layers[0])
