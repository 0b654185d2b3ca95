"""Weights of ``ncps``, in and out: whole networks, or their state dicts, which need no ncps.

A state dict has ncps' names and shapes. Where ncps keeps full matrices and masks, numbers of synapses that are not
there are dropped on the way in; on the way out ones stand there, or the sign 0, and ncps masks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.agents.cells import ltc
from wormdrive.agents.cells.layered_cfc import LayeredCfC
from wormdrive.agents.cells.ltc import inverse_softplus
from wormdrive.agents.cells.ltc_solver import LTCParameters
from wormdrive.agents.wirings.ncps_bridge import wiring_to_ncps
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.extras import needs_extra
from wormdrive.nn.cfc import CfC
from wormdrive.nn.closed_form import ClosedFormLayer, ClosedFormLayers, Pure
from wormdrive.nn.liquid_layer import LiquidLayer
from wormdrive.nn.ltc import LTC
from wormdrive.nn.wiring_argument import LayeredWiring

__all__ = ["from_ncps", "load_ncps_state_dict", "ncps_state_dict", "to_ncps"]

Tensors = dict[str, Tensor]

_HEADS: Final = ("ff1", "ff2", "time_a", "time_b")
_SYNAPSE: Final = {"weight": "w", "reversal": "erev", "slope": "sigma", "midpoint": "mu"}
_NEURON: Final = {"capacitance": "cm", "leak": "gleak", "rest": "vleak"}
_MAPS: Final = ("input_w", "input_b", "output_w", "output_b")
_ACTIVATIONS: Final = {"LeCun": "lecun_tanh", "Tanh": "tanh", "ReLU": "relu", "GELU": "gelu", "SiLU": "silu"}
# Rows of an LSTM: ours are input gate, forget gate, candidate, output gate; theirs candidate, input, forget, output.
_TO_THEIRS: Final = (2, 0, 1, 3)
_TO_OURS: Final = (1, 2, 0, 3)


def from_ncps(theirs: Any) -> LTC | CfC:
    """Make an ``LTC`` or ``CfC`` of an ``ncps.torch.LTC`` or ``CfC``: arguments, wiring, weights, type.

    Raises
    ------
    ArgumentError
        When it is something else, or holds what no cell of ours may: see ``load_ncps_state_dict``.
    """
    try:
        cell = theirs.rnn_cell
        common = {
            "input_size": theirs.input_size,
            "units": theirs.wiring_or_units,
            "return_sequences": bool(theirs.return_sequences),
            "batch_first": bool(theirs.batch_first),
            "mixed_memory": bool(theirs.use_mixed),
        }
        ours = _ltc_of(cell, common) if hasattr(cell, "_ode_unfolds") else _cfc_of(theirs, cell, common)
    except AttributeError as error:
        raise ArgumentError(f"network: a {type(theirs).__name__}: allowed are LTC and CfC of ncps.torch") from error
    tensors = theirs.state_dict()
    ours = ours.to(next(iter(tensors.values())).dtype)
    load_ncps_state_dict(ours, tensors)
    return ours.train(theirs.training)


def to_ncps(ours: LTC | CfC) -> Any:
    """Make an ``ncps.torch.LTC`` or ``CfC`` with the same weights.

    Raises
    ------
    ArgumentError
        When ncps has no such network: with ``keep_to_wiring``, or an LTC with ``proj_size``.
    MissingPackageError
        When ncps is not installed.
    """
    if isinstance(ours, LTC) and ours.proj_size is not None:
        raise ArgumentError(f"proj_size={ours.proj_size}: allowed is None, an LTC of ncps has no projection")
    tensors = ncps_state_dict(ours)
    units: Any = ours.units
    if isinstance(units, LayeredWiring):
        units = wiring_to_ncps(units.wiring, units.layers)
    elif isinstance(ours, LTC):
        units = wiring_to_ncps(ours.wiring)
    with needs_extra("ncps"):
        from ncps import torch as ncps_torch
    settings = {k: v for k, v in ours.config().items() if k not in ("units", "keep_to_wiring")}
    if isinstance(ours, LTC):
        del settings["proj_size"]
    theirs = (ncps_torch.LTC if isinstance(ours, LTC) else ncps_torch.CfC)(units=units, **settings)
    theirs = theirs.to(next(ours.parameters()).dtype)
    theirs.load_state_dict(tensors)
    return theirs.train(ours.training)


def ncps_state_dict(ours: LTC | CfC) -> Tensors:
    """Return copies of the weights as ``ncps.torch`` names and shapes them.

    Raises
    ------
    ArgumentError
        When ncps has no such network.
    """
    _require(ours)
    found = {f"rnn_cell.{name}": value for name, value in _theirs(ours.rnn_cell, ours).items()}
    if isinstance(ours, LTC):
        given = {name: getattr(ours, name) for name in _MAPS}
        found |= {f"rnn_cell.{name}": p for name, p in given.items() if p is not None}
    if ours.memory is not None:
        lstm = ours.memory.lstm
        found["lstm.input_map.weight"] = _rows(lstm.input_weight, _TO_THEIRS)
        found["lstm.input_map.bias"] = _rows(lstm.bias - _forget_bias(lstm.bias, 1), _TO_THEIRS)
        found["lstm.recurrent_map.weight"] = _rows(lstm.recurrent_weight, _TO_THEIRS)
    found |= {f"fc.{name}": value for name, value in ours.fc.state_dict().items()}
    return {name: value.detach().clone() for name, value in found.items()}


@torch.no_grad()
def load_ncps_state_dict(ours: LTC | CfC, tensors: Mapping[str, Tensor]) -> None:
    """Take over a state dict of an ``ncps.torch.LTC`` or ``CfC`` that was made by the same arguments.

    Nothing is changed unless all of it fits.

    Raises
    ------
    ArgumentError
        When a tensor is missing, too many, of another shape, a mask is another wiring's, or an LTC has negative
        weights, capacitances or leaks, as after training with explicit constraints that were never applied.
    """
    wanted = ncps_state_dict(ours)
    for name in sorted(wanted.keys() ^ tensors.keys()):
        raise ArgumentError(f"tensors: {name!r} is {'missing' if name in wanted else 'not part of this network'}")
    for name, value in wanted.items():
        if tensors[name].shape != value.shape:
            found, allowed = tuple(tensors[name].shape), tuple(value.shape)
            raise ArgumentError(f"tensors: {name!r} has shape {found}: allowed is {allowed}")
        if name.endswith("sparsity_mask") and not torch.equal(tensors[name].to(value), value):
            raise ArgumentError(f"tensors: {name!r} is that of another wiring: allowed is that of this network")
    given: Tensors = {name: value.detach().to(wanted[name]) for name, value in tensors.items()}
    inner = {name.removeprefix("rnn_cell."): value for name, value in given.items() if name.startswith("rnn_cell.")}
    _take(ours.rnn_cell, ours, inner)
    for name in _MAPS:
        parameter = getattr(ours, name, None)
        if parameter is not None:
            parameter.copy_(inner[name])
    if ours.memory is not None:
        lstm = ours.memory.lstm
        lstm.input_weight.copy_(_rows(given["lstm.input_map.weight"], _TO_OURS))
        bias = _rows(given["lstm.input_map.bias"], _TO_OURS)
        lstm.bias.copy_(bias + _forget_bias(bias, 1))
        lstm.recurrent_weight.copy_(_rows(given["lstm.recurrent_map.weight"], _TO_OURS))
    ours.fc.load_state_dict({n.removeprefix("fc."): value for n, value in given.items() if n.startswith("fc.")})


def _require(ours: LiquidLayer) -> None:
    if not isinstance(ours, LTC | CfC):
        raise ArgumentError(f"network: a {type(ours).__name__}: allowed are LTC and CfC of wormdrive.nn")
    if isinstance(ours, CfC) and ours.keep_to_wiring:
        raise ArgumentError("keep_to_wiring=True: allowed is False, ncps has no such network")


def _ltc_of(cell: Any, common: dict[str, Any]) -> LTC:
    return LTC(
        **common,
        input_mapping=cell._input_mapping if cell._input_mapping in ("affine", "linear") else None,
        output_mapping=cell._output_mapping if cell._output_mapping in ("affine", "linear") else None,
        ode_unfolds=cell._ode_unfolds,
        implicit_param_constraints=bool(cell._implicit_param_constraints),
    )


def _cfc_of(theirs: Any, cell: Any, common: dict[str, Any]) -> CfC:
    backbone: dict[str, Any] = {}
    if hasattr(cell, "backbone"):
        backbone["backbone_layers"] = cell.backbone_layers
        if cell.backbone is not None:
            backbone["backbone_units"] = cell.backbone[0].out_features
            backbone["activation"] = _ACTIVATIONS[type(cell.backbone[1]).__name__]
            dropout = [module.p for module in cell.backbone if isinstance(module, nn.Dropout)]
            backbone["backbone_dropout"] = dropout[0] if dropout else 0.0
    mode = cell.mode if hasattr(cell, "mode") else cell._layers[0].mode
    return CfC(**common, **backbone, mode=mode, proj_size=theirs.proj_size)


@singledispatch
def _theirs(cell: Any, ours: Any) -> Tensors:
    """Return a cell's numbers as ncps names and shapes them."""
    raise NotImplementedError(type(cell).__name__)


@singledispatch
def _take(cell: Any, ours: Any, tensors: Tensors) -> None:
    """Take them back; of the right names and shapes."""
    raise NotImplementedError(type(cell).__name__)


@_theirs.register
def _(cell: ltc.LTC, ours: LTC) -> Tensors:
    wiring, numbers = cell.wiring, cell.physical()._asdict()
    inner = slice(wiring.sensory_synapse_count, None)
    sensory = slice(0, wiring.sensory_synapse_count)
    N = wiring.state_size
    found: Tensors = {}
    for prefix, group, sources in (("sensory_", sensory, wiring.input_size), ("", inner, N)):
        where = (torch.tensor(wiring.sources[group].tolist()), torch.tensor(wiring.targets[group].tolist()))
        where = (where[0].long(), where[1].long())
        like = cell.rest
        for name, short in _SYNAPSE.items():
            value = numbers[name] if name != "weight" else _raw(ours, numbers[name])
            elsewhere = 0.0 if name == "reversal" else 1.0
            found[prefix + short] = like.new_full((sources, N), elsewhere).index_put(where, value[group])
        ones = like.new_ones(len(where[0]))
        found[f"{prefix}sparsity_mask"] = like.new_zeros(sources, N).index_put(where, ones)
    for name, short in _NEURON.items():
        found[short] = numbers[name] if name == "rest" else _raw(ours, numbers[name])
    return found


@_take.register
def _(cell: ltc.LTC, ours: LTC, tensors: Tensors) -> None:
    wiring = cell.wiring
    first = wiring.sensory_synapse_count
    positive = F.softplus if ours.implicit_param_constraints else _unchanged
    numbers = {}
    for name, short in _SYNAPSE.items():
        sensory = tensors[f"sensory_{short}"][wiring.sources[:first].tolist(), wiring.targets[:first].tolist()]
        inner = tensors[short][wiring.sources[first:].tolist(), wiring.targets[first:].tolist()]
        value = torch.cat([sensory, inner])
        numbers[name] = positive(value) if name == "weight" else value
    for name, short in _NEURON.items():
        numbers[name] = tensors[short] if name == "rest" else positive(tensors[short])
    cell.set_physical(LTCParameters(**numbers))


@_theirs.register
def _(cell: LayeredCfC, ours: CfC) -> Tensors:
    found: Tensors = {}
    for number in range(len(cell.layers)):
        weight, bias = cell.matrices(number)
        prefix = _prefix(ours, number)
        for k, head in enumerate(_HEADS):
            found[f"{prefix}{head}.weight"], found[f"{prefix}{head}.bias"] = weight[k], bias[k]
        if prefix:
            outer = cell.mask[0][cell.layers[number].outer]
            found[f"{prefix}sparsity_mask"] = _mask(outer.T, cell.bias)
    return found


@_take.register
def _(cell: LayeredCfC, ours: CfC, tensors: Tensors) -> None:
    for number in range(len(cell.layers)):
        prefix = _prefix(ours, number)
        weight = torch.stack([tensors[f"{prefix}{head}.weight"] for head in _HEADS])
        cell.set_matrices(number, weight, torch.stack([tensors[f"{prefix}{head}.bias"] for head in _HEADS]))


@_theirs.register
def _(cell: ClosedFormLayers, ours: CfC) -> Tensors:
    found: Tensors = {}
    for number, layer in enumerate(_closed_form_layers(cell)):
        prefix = _prefix(ours, number)
        for place, linear in zip(_backbone_places(layer, ours), layer.linears(), strict=True):
            found |= {f"{prefix}backbone.{place}.{name}": value for name, value in linear.state_dict().items()}
        heads = layer.blend.heads
        weights, biases = layer.heads.weight.chunk(heads), layer.heads.bias.chunk(heads)
        for head, weight, bias in zip(_HEADS, weights, biases, strict=False):
            found[f"{prefix}{head}.weight"], found[f"{prefix}{head}.bias"] = weight, bias
        if isinstance(layer.blend, Pure):
            found[f"{prefix}w_tau"], found[f"{prefix}A"] = layer.blend.rate[None], layer.blend.goal[None]
        if layer.mask is not None:
            found[f"{prefix}sparsity_mask"] = layer.mask[: layer.neurons].to(layer.heads.weight)
    return found


@_take.register
def _(cell: ClosedFormLayers, ours: CfC, tensors: Tensors) -> None:
    for number, layer in enumerate(_closed_form_layers(cell)):
        prefix = _prefix(ours, number)
        for place, linear in zip(_backbone_places(layer, ours), layer.linears(), strict=True):
            linear.load_state_dict({name: tensors[f"{prefix}backbone.{place}.{name}"] for name in ("weight", "bias")})
        heads = _HEADS[: layer.blend.heads]
        layer.heads.weight.copy_(torch.cat([tensors[f"{prefix}{head}.weight"] for head in heads]))
        layer.heads.bias.copy_(torch.cat([tensors[f"{prefix}{head}.bias"] for head in heads]))
        if isinstance(layer.blend, Pure):
            layer.blend.rate.copy_(tensors[f"{prefix}w_tau"][0])
            layer.blend.goal.copy_(tensors[f"{prefix}A"][0])


def _closed_form_layers(cell: ClosedFormLayers) -> list[ClosedFormLayer]:
    return [layer for layer in cell.layers if isinstance(layer, ClosedFormLayer)]


def _prefix(ours: CfC, layer: int) -> str:
    return f"layer_{layer}." if isinstance(ours.units, LayeredWiring) else ""


def _backbone_places(layer: ClosedFormLayer, ours: CfC) -> list[int]:
    """Where a backbone's linear layers stand among activations and, if there is any, dropout."""
    step = 3 if ours.backbone_dropout else 2
    return [0 if k == 0 else 2 + (k - 1) * step for k in range(len(layer.linears()))]


def _mask(outer: Tensor, like: Tensor) -> Tensor:
    """(neurons, sources) -> with the neurons' own columns, which are never masked."""
    return torch.cat([outer, torch.ones(len(outer), len(outer), dtype=torch.bool, device=outer.device)], 1).to(like)


def _raw(ours: LTC, value: Tensor) -> Tensor:
    return inverse_softplus(value) if ours.implicit_param_constraints else value


def _unchanged(value: Tensor) -> Tensor:
    return value


def _rows(values: Tensor, order: tuple[int, ...]) -> Tensor:
    parts = values.chunk(4)
    return torch.cat([parts[k] for k in order])


def _forget_bias(like: Tensor, block: int) -> Tensor:
    """Return what ncps adds to the forget gate inside its equation: ones in a block of rows."""
    found = torch.zeros_like(like)
    found.chunk(4)[block].fill_(1.0)
    return found
