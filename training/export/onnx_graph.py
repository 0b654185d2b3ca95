"""A policy's step as an ONNX graph, written node by node.

    frame (B, H, W, 3) uint8, state (B, S) float32, elapsed (B,) float32 -> curvature (B,) float32, next_state (B, S)

The nodes follow ``perception.preprocess``, ``perception.head`` and ``agents.ltc_solver`` line by line. Written by hand
rather than traced: the graph has a batch of any size, no leftovers of tracing, and the same bytes every time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from wormdrive.perception.preprocess import _GLOBAL_SHARE, _LEAST_VARIANCE, _LOCAL_SHARE, _window_mean
from wormdrive.training.export.controllers import Dense, Liquid
from wormdrive.training.export.network import Network
from wormdrive.training.export.steering import STEERING_LAW, steering_facts

__all__ = ["OPSET", "build_model"]

OPSET = 18
"""ONNX Runtime reads it since 1.14 (2023)."""

_IR_VERSION = 8
_LAYER_NORM_EPSILON = 1e-5


def build_model(network: Network) -> onnx.ModelProto:
    """Build and check the model; its metadata say what the outputs mean and how to steer by them."""
    size, batch = network.preprocess, "batch"
    graph = _Graph()
    image = _normalise(graph, network, _reduce(graph, network, "frame"))
    features = _head(graph, network, image)
    output, state = _control(graph, network, features)
    graph.add("Mul", output, graph.scalar(network.output_scale), output="curvature")
    graph.add("Identity", state, output="next_state")
    inputs = [
        helper.make_tensor_value_info("frame", TensorProto.UINT8, [batch, size.height, size.width, 3]),
        helper.make_tensor_value_info("state", TensorProto.FLOAT, [batch, network.state_size]),
        helper.make_tensor_value_info("elapsed", TensorProto.FLOAT, [batch]),
    ]
    outputs = [
        helper.make_tensor_value_info("curvature", TensorProto.FLOAT, [batch]),
        helper.make_tensor_value_info("next_state", TensorProto.FLOAT, [batch, network.state_size]),
    ]
    proto = helper.make_graph(graph.nodes, "wormdrive_step", inputs, outputs, graph.constants)
    model = helper.make_model(
        proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION, producer_name="wormdrive"
    )
    helper.set_model_props(model, _metadata(network))
    onnx.checker.check_model(model, full_check=True)
    return model


def _metadata(network: Network) -> dict[str, str]:
    return {
        "curvature": "curvature of the path to drive, in 1/m, positive to the left",
        "elapsed": "time since the frame before, in sample periods; not negative",
        "frame": "RGB, row 0 at the top",
        "initial_state": "zeros",
        "model_kind": network.kind,
        "model_sha256": network.sha256,
        "sample_period_s": repr(network.sample_period_s),
        "state": json.dumps(network.controller.names),
        "steering": STEERING_LAW,
        **{name: repr(value) for name, value in steering_facts().items()},
    }


class _Graph:
    """Nodes and constants in the order in which they are added; names follow from that order."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node with one output; give the output's name."""
        name = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=f"{op}_{len(self.nodes)}", **attributes))
        return name

    def floats(self, values: NDArray[np.float32], name: str = "constant") -> str:
        """Add a float32 constant; give its name."""
        return self._constant(np.asarray(values, np.float32), name)

    def scalar(self, value: float) -> str:
        """Add one float32."""
        return self.floats(np.float32(value), "scalar")  # type: ignore[arg-type]

    def whole(self, *values: int) -> str:
        """Add an int64 vector."""
        return self._constant(np.array(values, np.int64), "whole")

    def mean(self, values: str, *axes: int) -> str:
        """Mean over axes, which stay as axes of length 1."""
        return self.add("ReduceMean", values, self.whole(*axes), keepdims=1)

    def slice(self, values: str, first: int, last: int) -> str:
        """``values[:, first:last]``."""
        axis = 1
        return self.add("Slice", values, self.whole(first), self.whole(last), self.whole(axis))

    def _constant(self, values: NDArray[np.float32] | NDArray[np.int64], name: str) -> str:
        name = f"{name}_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name


def _reduce(graph: _Graph, network: Network, frame: str) -> str:
    """(B, H, W, 3) uint8 -> (B, C, h, w) in [0, 1]; sums of whole numbers, and so the same bits everywhere."""
    config = network.preprocess
    step = config.downsample
    rows = graph.slice(frame, config.crop_top * step, config.height)
    shape = graph.whole(-1, config.image_height, step, config.image_width, step * 3)
    blocks = graph.add("Reshape", graph.add("Cast", rows, to=TensorProto.FLOAT), shape)
    summed = graph.add("ReduceSum", blocks, graph.whole(2), keepdims=0)
    mixed = graph.add("MatMul", summed, graph.floats(network.mixing, "mixing"))
    scaled = graph.add("Mul", mixed, graph.scalar(network.scale))
    return graph.add("Transpose", scaled, perm=[0, 3, 1, 2])


def _normalise(graph: _Graph, network: Network, image: str) -> str:
    config = network.preprocess
    centred = graph.add("Sub", image, graph.mean(image, 1, 2, 3))
    squares = graph.add("Mul", centred, centred)
    floor = graph.scalar(config.floor)
    if config.normalisation == "whitening":
        deviation = graph.add("Sqrt", graph.mean(squares, 1, 2, 3))
        return graph.add("Div", centred, graph.add("Max", deviation, floor))
    rows = graph.floats(_window_mean(config.image_height, config.window).numpy(), "mean_rows")
    columns = graph.floats(_window_mean(config.image_width, config.window).numpy().T, "mean_columns")
    mean, mean_square = (
        graph.add("MatMul", rows, graph.add("MatMul", values, columns)) for values in (centred, squares)
    )
    variance = graph.add("Sub", mean_square, graph.add("Mul", mean, mean))
    deviation = graph.add("Sqrt", graph.add("Max", variance, graph.scalar(_LEAST_VARIANCE)))
    overall = graph.add("Mul", graph.mean(deviation, 2, 3), graph.scalar(_GLOBAL_SHARE))
    local = graph.add("Mul", deviation, graph.scalar(_LOCAL_SHARE))
    return graph.add("Div", graph.add("Sub", centred, mean), graph.add("Add", local, graph.add("Add", overall, floor)))


def _head(graph: _Graph, network: Network, image: str) -> str:
    """(B, C, h, w) -> features (B, F)."""
    maps = image
    for number, layer in enumerate(network.convolutions, 1):
        weight = graph.floats(layer.weight, f"convolution_{number}_weight")
        bias = graph.floats(layer.bias, f"convolution_{number}_bias")
        maps = graph.add("Conv", maps, weight, bias, pads=list(layer.padding), strides=[layer.stride, layer.stride])
        maps = graph.add("LeakyRelu", maps, alpha=layer.slope) if layer.slope else graph.add("Relu", maps)
    channels, pixels, _ = network.readout_weight.shape
    pixel_rows = graph.add("Reshape", maps, graph.whole(-1, channels, 1, pixels))
    products = graph.add("MatMul", pixel_rows, graph.floats(network.readout_weight, "readout_weight"))
    count = network.feature_count
    features = graph.add("Reshape", products, graph.whole(-1, count))
    features = graph.add("Add", features, graph.floats(network.readout_bias.reshape(count), "readout_bias"))
    if not network.normalise_features:
        return features
    return graph.add(
        "LayerNormalization", features, graph.floats(np.ones(count, np.float32)), epsilon=_LAYER_NORM_EPSILON
    )


def _control(graph: _Graph, network: Network, features: str) -> tuple[str, str]:
    """Features (B, F) -> output (B,) before scaling, and the next state (B, S)."""
    controller = network.controller
    if isinstance(controller, Dense):
        return _dense(graph, controller, features), "state"
    return _liquid(graph, controller, features)


def _dense(graph: _Graph, dense: Dense, features: str) -> str:
    hidden = graph.add("MatMul", features, graph.floats(dense.hidden_weight.T, "hidden_weight"))
    hidden = graph.add("Relu", graph.add("Add", hidden, graph.floats(dense.hidden_bias, "hidden_bias")))
    # A matrix times a vector has no last axis: (B,).
    output = graph.add("MatMul", hidden, graph.floats(dense.output_weight, "output_weight"))
    return graph.add("Add", output, graph.scalar(dense.output_bias))


def _liquid(graph: _Graph, cell: Liquid, features: str) -> tuple[str, str]:
    N, first_inner = cell.state_size, cell.sensory_count
    synapses = np.arange(len(cell.targets))
    # Sums over each neuron's synapses are products with an (E, 2N) matrix: N columns w E sigmoid, then N of w sigmoid.
    collect = np.zeros((len(synapses), 2 * N), np.float32)
    collect[synapses, cell.targets] = cell.weight * cell.reversal
    collect[synapses, cell.targets + N] = cell.weight

    def gates(group: slice) -> Callable[[str], str]:
        sources = graph.whole(*cell.sources[group].tolist())
        midpoint, slope = graph.floats(cell.midpoint[group], "midpoint"), graph.floats(cell.slope[group], "slope")

        def gate(values: str) -> str:
            beyond = graph.add("Sub", graph.add("Gather", values, sources, axis=1), midpoint)
            return graph.add("Sigmoid", graph.add("Mul", beyond, slope))

        return gate

    sensory = graph.add("Mul", features, graph.floats(cell.input_gain, "input_gain"))
    sensory = graph.add("Add", sensory, graph.floats(cell.input_bias, "input_bias"))
    h = graph.add("Unsqueeze", graph.add("Div", "elapsed", graph.scalar(cell.unfolds)), graph.whole(1))
    leak = graph.floats(np.concatenate([cell.leak * cell.rest, cell.leak]), "leak")
    driven = gates(slice(first_inner))(sensory)
    driven = graph.add("MatMul", driven, graph.floats(collect[:first_inner], "collect"))
    fixed = graph.add("Mul", h, graph.add("Add", driven, leak))
    capacitance = graph.floats(cell.capacitance, "capacitance")
    # The semi-implicit step: see agents.ltc_solver.
    fixed_top = graph.slice(fixed, 0, N)
    fixed_bottom = graph.add("Add", capacitance, graph.slice(fixed, N, 2 * N))
    inner_collect, gate = graph.floats(collect[first_inner:], "collect"), gates(slice(first_inner, None))
    v = "state"
    for _ in range(cell.unfolds):
        moving = graph.add("Mul", h, graph.add("MatMul", gate(v), inner_collect))
        top = graph.add("Add", fixed_top, graph.add("Mul", capacitance, v))
        top = graph.add("Add", top, graph.slice(moving, 0, N))
        v = graph.add("Div", top, graph.add("Add", fixed_bottom, graph.slice(moving, N, 2 * N)))
    motor = graph.add("Gather", v, graph._constant(np.array(0, np.int64), "motor"), axis=1)
    output = graph.add("Mul", motor, graph.scalar(cell.output_gain))
    return graph.add("Add", output, graph.scalar(cell.output_bias)), v
