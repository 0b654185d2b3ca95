"""Exported cell: a network as plain arrays, in the order in which both exports write them down."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, ClassVar, TypeAlias

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.cells import cfc, ltc
from wormdrive.agents.cells.lstm import LSTM
from wormdrive.agents.policies.saved_state import saved_state
from wormdrive.nn.closed_form import ClosedFormLayer, ClosedFormLayers, Pure
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.lrc_cell import LRCCell
from wormdrive.training.export.controllers import (
    ClosedForm,
    Floats,
    Liquid,
    as_floats,
    read_closed_form,
    read_liquid,
)

__all__ = ["Backbone", "ExportedCell", "LayerArrays", "Memory", "Resistive", "Step", "read_cell"]


@dataclass(frozen=True, eq=False)
class LayerArrays:
    """One layer of ``closed_form``: ``backbone`` of weights and biases, heads (heads N, width), numbers of ``pure``."""

    inputs: int
    neurons: int
    mode: str
    activation: str
    backbone: tuple[tuple[Floats, Floats], ...]
    head_weight: Floats
    head_bias: Floats
    rate: Floats
    goal: Floats


@dataclass(frozen=True, eq=False)
class Backbone:
    """Layers of ``closed_form``; the state begins with the first."""

    title: ClassVar[str] = "closed form"
    step_template: ClassVar[str] = "backbone_step.c.jinja"

    names: tuple[str, ...]
    layers: tuple[LayerArrays, ...]


@dataclass(frozen=True, eq=False)
class Resistive:
    """See ``lrc_cell`` for the equations; synapses (E,), the first ``sensory_count`` of features; neurons (N,)."""

    title: ClassVar[str] = "network of liquid resistance and capacitance"
    step_template: ClassVar[str] = "lrc_step.c.jinja"

    names: tuple[str, ...]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    sensory_count: int
    forget: Floats
    update: Floats
    slope: Floats
    midpoint: Floats
    elastance: Floats
    leak: Floats
    rest: Floats
    elastance_bias: Floats
    shift: Floats
    unfolds: int
    kind: str
    solver: str


@dataclass(frozen=True, eq=False)
class Memory:
    """The LSTM of mixed memory: rows i, f, g, o; (4 N, F), (4 N, N), (4 N,)."""

    input_weight: Floats
    recurrent_weight: Floats
    bias: Floats


Step: TypeAlias = "Liquid | ClosedForm | Backbone | Resistive"


@dataclass(frozen=True, eq=False)
class ExportedCell:
    """From features (F,) and state (S,) to outputs (P,) and the next state.

    The state is the cell's, in the order of ``hx``; with mixed memory the memory's comes behind it. Outputs are the
    columns ``first`` to ``last`` of the state, times ``gain`` plus ``bias`` (M,), then ``projection`` (P, M) and
    ``projection_bias``, if there is one. ``sha256`` is over all of it.
    """

    kind: str
    features: int
    neurons: int
    step: Step
    memory: Memory | None
    first: int
    last: int
    gain: Floats
    bias: Floats
    projection: Floats | None
    projection_bias: Floats
    sha256: str

    @property
    def state_size(self) -> int:
        """S."""
        return self.neurons * (1 if self.memory is None else 2)

    @property
    def outputs(self) -> int:
        """P."""
        return len(self.gain) if self.projection is None else len(self.projection)

    @property
    def controller(self) -> Step:
        """The step, as templates of whole policies call it."""
        return self.step


def read_cell(network: LiquidLayer) -> ExportedCell:
    """Take a network apart."""
    M = network.motor_size
    maps = [getattr(network, name, None) for name in ("output_w", "output_b")]
    gain, bias = (np.full(M, by, np.float32) if m is None else as_floats(m) for m, by in zip(maps, (1, 0), strict=True))
    projected = isinstance(network.fc, torch.nn.Linear)
    return ExportedCell(
        kind=type(network).__name__,
        features=network.input_size,
        neurons=network.state_size,
        step=_step(network.rnn_cell, network),
        memory=None if network.memory is None else _memory(network.memory.lstm),
        first=network.motor.start,
        last=network.motor.stop,
        gain=gain,
        bias=bias,
        projection=as_floats(network.fc.weight) if projected else None,  # type: ignore[arg-type]
        projection_bias=as_floats(network.fc.bias) if projected else np.zeros(0, np.float32),  # type: ignore[arg-type]
        sha256=_digest(network),
    )


@singledispatch
def _step(cell: Any, network: LiquidLayer) -> Step:
    """Take a cell apart, its neurons in the order of ``hx``."""
    raise NotImplementedError(type(cell).__name__)


@_step.register
def _(cell: ltc.LTC, network: LiquidLayer) -> Step:
    maps: list[Tensor | None] = [getattr(network, name) for name in ("input_w", "input_b")]
    ones = [np.full(network.input_size, by, np.float32) for by in (1, 0)]
    gain, bias = (one if m is None else as_floats(m) for m, one in zip(maps, ones, strict=True))
    return read_liquid(cell, network.neurons, input_gain=gain, input_bias=bias)


@_step.register
def _(cell: cfc.CfC, network: LiquidLayer) -> Step:
    order = None if network._order is None else network._order.tolist()
    return read_closed_form(cell, network.neurons, order=order)


@_step.register
def _(cell: ClosedFormLayers, network: LiquidLayer) -> Step:
    layers = [layer for layer in cell.layers if isinstance(layer, ClosedFormLayer)]
    return Backbone(network.neurons, tuple(_layer(layer, network.config()) for layer in layers))


@_step.register
def _(cell: LRCCell, network: LiquidLayer) -> Step:
    wiring = cell.wiring
    shift = torch.zeros_like(cell.rest) if cell.raw_shift is None else F.softplus(cell.raw_shift)
    return Resistive(
        names=network.neurons,
        sources=wiring.sources,
        targets=wiring.targets,
        sensory_count=wiring.sensory_synapse_count,
        forget=as_floats(F.softplus(cell.raw_forget)),
        leak=as_floats(F.softplus(cell.raw_leak)),
        shift=as_floats(shift),
        **{
            name: as_floats(getattr(cell, name))
            for name in ("update", "slope", "midpoint", "elastance", "rest", "elastance_bias")
        },
        unfolds=cell.unfolds,
        kind=cell.elastance_kind,
        solver=cell.solver,
    )


def _layer(layer: ClosedFormLayer, config: dict[str, Any]) -> LayerArrays:
    pure = isinstance(layer.blend, Pure)
    weight = layer.heads.weight if layer.mask is None else layer.heads.weight * layer.mask
    nothing = np.zeros(0, np.float32)
    return LayerArrays(
        inputs=layer.inputs,
        neurons=layer.neurons,
        mode=config["mode"],
        activation=config["activation"],
        backbone=tuple((as_floats(linear.weight), as_floats(linear.bias)) for linear in layer.linears()),
        head_weight=as_floats(weight),
        head_bias=as_floats(layer.heads.bias),
        rate=as_floats(layer.blend.rate) if pure else nothing,  # type: ignore[arg-type]
        goal=as_floats(layer.blend.goal) if pure else nothing,  # type: ignore[arg-type]
    )


def _memory(lstm: LSTM) -> Memory:
    return Memory(as_floats(lstm.input_weight), as_floats(lstm.recurrent_weight), as_floats(lstm.bias))


def _digest(network: LiquidLayer) -> str:
    digest = hashlib.sha256(repr(sorted(network.config().items(), key=lambda item: item[0])).encode())
    for name, value in sorted(saved_state(network).items()):
        digest.update(name.encode() + as_floats(value).tobytes())
    return digest.hexdigest()
