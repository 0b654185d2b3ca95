"""A network's step as an ONNX graph, written node by node.

    features (B, F), state (B, S), elapsed (B,), all float32 -> outputs (B, P), next_state (B, S)

A batch of any size, no leftovers of tracing, and the same bytes every time.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from wormdrive.envs.common.extras import needs_extra
from wormdrive.nn.export.arrays import Backbone, ExportedCell, LayerArrays, Memory, Resistive
from wormdrive.training.export.controllers import ClosedForm, Floats, Liquid
from wormdrive.training.export.onnx_control import closed_form_step, liquid_step
from wormdrive.training.export.onnx_graph import OPSET
from wormdrive.training.export.onnx_nodes import OnnxGraph

with needs_extra("export"):
    import onnx
    from onnx import TensorProto, helper

__all__ = ["build_cell"]

_IR_VERSION = 8


def build_cell(cell: ExportedCell) -> onnx.ModelProto:
    """Build and check the model; its metadata say what the numbers mean."""
    graph, batch, N = OnnxGraph(), "batch", cell.neurons
    state, kept = "state", ""
    if cell.memory is not None:
        state, kept = _remember(graph, cell.memory, N)
    state = _step(graph, cell, state)
    outputs = graph.slice(state, cell.first, cell.last)
    outputs = graph.add("Mul", outputs, graph.floats(cell.gain, "output_gain"))
    outputs = graph.add("Add", outputs, graph.floats(cell.bias, "output_bias"))
    if cell.projection is not None:
        outputs = graph.add("MatMul", outputs, graph.floats(cell.projection.T, "projection"))
        outputs = graph.add("Add", outputs, graph.floats(cell.projection_bias, "projection_bias"))
    graph.add("Identity", outputs, output="outputs")
    if kept:
        graph.add("Concat", state, kept, axis=1, output="next_state")
    else:
        graph.add("Identity", state, output="next_state")
    given: dict[str, list[str | int | None]] = {
        "features": [batch, cell.features],
        "state": [batch, cell.state_size],
        "elapsed": [batch],
    }
    made: dict[str, list[str | int | None]] = {
        "outputs": [batch, cell.outputs],
        "next_state": [batch, cell.state_size],
    }
    proto = helper.make_graph(
        graph.nodes,
        "wormdrive_cell",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in given.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in made.items()],
        graph.constants,
    )
    model = helper.make_model(
        proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION, producer_name="wormdrive"
    )
    metadata = {
        "elapsed": "time since the sample before, in samples; not negative",
        "initial_state": "zeros",
        "kind": cell.kind,
        "sha256": cell.sha256,
        "state": json.dumps(cell.step.names),
    }
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model


def _step(graph: OnnxGraph, cell: ExportedCell, state: str) -> str:
    """Add the nodes of one sample; return the name of the state after it."""
    step = cell.step
    if isinstance(step, Liquid):
        return liquid_step(graph, step, "features", state)
    if isinstance(step, ClosedForm):
        return closed_form_step(graph, step, "features", state)
    return _backbone(graph, step, state) if isinstance(step, Backbone) else _resistive(graph, step, state)


def _remember(graph: OnnxGraph, memory: Memory, N: int) -> tuple[str, str]:
    """See ``mixed_memory``: the state that the cell begins the sample with, and the memory after it."""
    activity, kept = graph.slice("state", 0, N), graph.slice("state", N, 2 * N)
    gates = graph.add("MatMul", "features", graph.floats(memory.input_weight.T, "memory_input_weight"))
    gates = graph.add("Add", gates, graph.floats(memory.bias, "memory_bias"))
    recurrent = graph.floats(memory.recurrent_weight.T, "memory_weight")
    gates = graph.add("Add", gates, graph.add("MatMul", activity, recurrent))
    write, keep, new, show = (graph.slice(gates, k * N, (k + 1) * N) for k in range(4))
    kept = graph.add("Mul", graph.add("Sigmoid", keep), kept)
    kept = graph.add("Add", kept, graph.add("Mul", graph.add("Sigmoid", write), graph.add("Tanh", new)))
    return graph.add("Mul", graph.add("Sigmoid", show), graph.add("Tanh", kept)), kept


def _backbone(graph: OnnxGraph, step: Backbone, state: str) -> str:
    """See ``closed_form``."""
    time = graph.add("Unsqueeze", "elapsed", graph.whole(1))
    heard, found, first = "features", [], 0
    for layer in step.layers:
        own = graph.slice(state, first, first + layer.neurons)
        first += layer.neurons
        values = graph.add("Concat", heard, own, axis=1)
        for weight, bias in layer.backbone:
            values = _ACTIVATIONS[layer.activation](graph, _linear(graph, values, weight, bias))
        heard = _BLENDS[layer.mode](graph, layer, _linear(graph, values, layer.head_weight, layer.head_bias), time)
        found.append(heard)
    return graph.add("Concat", *found, axis=1) if len(found) > 1 else heard


def _linear(graph: OnnxGraph, values: str, weight: Floats, bias: Floats) -> str:
    return graph.add("Add", graph.add("MatMul", values, graph.floats(weight.T, "weight")), graph.floats(bias, "bias"))


def _lecun_tanh(graph: OnnxGraph, values: str) -> str:
    return graph.add("Mul", graph.add("Tanh", graph.add("Mul", values, graph.scalar(0.666))), graph.scalar(1.7159))


def _gelu(graph: OnnxGraph, values: str) -> str:
    share = graph.add("Erf", graph.add("Mul", values, graph.scalar(math.sqrt(0.5))))
    share = graph.add("Mul", graph.add("Add", share, graph.scalar(1.0)), graph.scalar(0.5))
    return graph.add("Mul", values, share)


_ACTIVATIONS: Mapping[str, Callable[[OnnxGraph, str], str]] = MappingProxyType(
    {
        "lecun_tanh": _lecun_tanh,
        "tanh": lambda graph, values: graph.add("Tanh", values),
        "relu": lambda graph, values: graph.add("Relu", values),
        "gelu": _gelu,
        "silu": lambda graph, values: graph.add("Mul", values, graph.add("Sigmoid", values)),
    }
)


def _heads(graph: OnnxGraph, layer: LayerArrays, heads: str, time: str) -> tuple[str, str, str]:
    """Both potentials and the gate."""
    N = layer.neurons
    near, far, rate, shift = (graph.slice(heads, k * N, (k + 1) * N) for k in range(4))
    gate = graph.add("Sigmoid", graph.add("Add", graph.add("Mul", rate, time), shift))
    return graph.add("Tanh", near), graph.add("Tanh", far), gate


def _default(graph: OnnxGraph, layer: LayerArrays, heads: str, time: str) -> str:
    near, far, gate = _heads(graph, layer, heads, time)
    stays = graph.add("Mul", near, graph.add("Sub", graph.scalar(1.0), gate))
    return graph.add("Add", stays, graph.add("Mul", gate, far))


def _no_gate(graph: OnnxGraph, layer: LayerArrays, heads: str, time: str) -> str:
    near, far, gate = _heads(graph, layer, heads, time)
    return graph.add("Add", near, graph.add("Mul", gate, far))


def _pure(graph: OnnxGraph, layer: LayerArrays, heads: str, time: str) -> str:
    rate = graph.add("Add", graph.floats(np.abs(layer.rate), "rate"), graph.add("Abs", heads))
    decay = graph.add("Exp", graph.add("Mul", graph.add("Neg", time), rate))
    goal = graph.floats(layer.goal, "goal")
    return graph.add("Sub", goal, graph.add("Mul", graph.add("Mul", goal, decay), heads))


_BLENDS: Mapping[str, Callable[[OnnxGraph, LayerArrays, str, str], str]] = MappingProxyType(
    {"default": _default, "no_gate": _no_gate, "pure": _pure}
)


def _resistive(graph: OnnxGraph, step: Resistive, state: str) -> str:
    """See ``lrc_cell``."""
    N, first = len(step.rest), step.sensory_count
    synapses = np.arange(len(step.targets))
    collect = np.zeros((len(synapses), 2 * N), np.float32)
    collect[synapses, step.targets], collect[synapses, step.targets + N] = step.forget, step.update
    elastance = np.zeros((len(synapses), N), np.float32)
    elastance[synapses, step.targets] = step.elastance

    def hear(group: slice) -> Callable[[str], tuple[str, str]]:
        sources = graph.whole(*step.sources[group].tolist())
        midpoint, slope = graph.floats(step.midpoint[group], "midpoint"), graph.floats(step.slope[group], "slope")
        conductance, bend = graph.floats(collect[group], "collect"), graph.floats(elastance[group], "elastance")

        def heard(values: str) -> tuple[str, str]:
            values = graph.add("Gather", values, sources, axis=1)
            gate = graph.add("Sigmoid", graph.add("Mul", graph.add("Sub", values, midpoint), slope))
            return graph.add("MatMul", gate, conductance), graph.add("MatMul", values, bend)

        return heard

    drive, bend = hear(slice(0, first))("features")
    drive = graph.add("Add", drive, graph.floats(np.concatenate([step.leak, step.leak]), "leak"))
    bend = graph.add("Add", bend, graph.floats(step.elastance_bias, "elastance_bias"))
    h = graph.add("Unsqueeze", graph.add("Div", "elapsed", graph.scalar(step.unfolds)), graph.whole(1))
    inner = hear(slice(first, None)) if first < len(synapses) else None
    shift, rest = graph.floats(step.shift, "shift"), graph.floats(step.rest, "rest")
    for _ in range(step.unfolds):
        heard, bent = drive, bend
        if inner is not None:
            more, further = inner(state)
            heard, bent = graph.add("Add", drive, more), graph.add("Add", bend, further)
        forget = graph.add("Sigmoid", graph.slice(heard, 0, N))
        update = graph.add("Mul", graph.add("Tanh", graph.slice(heard, N, 2 * N)), rest)
        moves = graph.add("Mul", h, _ELASTANCES[step.kind](graph, bent, shift))
        state = _SOLVERS[step.solver](graph, state, moves, forget, update)
    return state


def _symmetric(graph: OnnxGraph, heard: str, shift: str) -> str:
    above, below = graph.add("Add", heard, shift), graph.add("Sub", heard, shift)
    return graph.add("Sub", graph.add("Sigmoid", above), graph.add("Sigmoid", below))


_ELASTANCES: Mapping[str, Callable[[OnnxGraph, str, str], str]] = MappingProxyType(
    {"asymmetric": lambda graph, heard, shift: graph.add("Sigmoid", heard), "symmetric": _symmetric}
)


def _explicit(graph: OnnxGraph, state: str, moves: str, forget: str, update: str) -> str:
    change = graph.add("Sub", update, graph.add("Mul", forget, state))
    return graph.add("Add", state, graph.add("Mul", moves, change))


def _semi_implicit(graph: OnnxGraph, state: str, moves: str, forget: str, update: str) -> str:
    top = graph.add("Add", state, graph.add("Mul", moves, update))
    return graph.add("Div", top, graph.add("Add", graph.scalar(1.0), graph.add("Mul", moves, forget)))


_SOLVERS: Mapping[str, Callable[[OnnxGraph, str, str, str, str], str]] = MappingProxyType(
    {"explicit": _explicit, "semi_implicit": _semi_implicit}
)
