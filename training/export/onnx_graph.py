"""A policy's step as an ONNX graph, written node by node.

    frame (B, H, W, 3) uint8, state (B, S) float32, elapsed (B,) float32 -> curvature (B,) float32, next_state (B, S)

The nodes follow ``perception.preprocess``, ``perception.head`` and ``agents.cells.*_solver`` line by line. Written by
hand rather than traced: the graph has a batch of any size, no leftovers of tracing, and the same bytes every time.
"""

from __future__ import annotations

import json

import numpy as np

from wormdrive.envs.common.extras import needs_extra
from wormdrive.perception.preprocess import _GLOBAL_SHARE, _LEAST_VARIANCE, _LOCAL_SHARE, _window_mean
from wormdrive.training.export.network import STEERING_LAW, ExportedNetwork, steering_facts
from wormdrive.training.export.onnx_control import control
from wormdrive.training.export.onnx_nodes import OnnxGraph

with needs_extra("export"):
    import onnx
    from onnx import TensorProto, helper

__all__ = ["OPSET", "build_model"]

OPSET = 18
"""ONNX Runtime reads it since 1.14 (2023)."""

_IR_VERSION = 8
_LAYER_NORM_EPSILON = 1e-5


def build_model(network: ExportedNetwork) -> onnx.ModelProto:
    """Build and check the model; its metadata say what the outputs mean and how to steer by them."""
    size, batch = network.preprocess, "batch"
    graph = OnnxGraph()
    image = _normalise(graph, network, _reduce(graph, network, "frame"))
    features = _head(graph, network, image)
    output, state = control(graph, network.controller, features)
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


def _metadata(network: ExportedNetwork) -> dict[str, str]:
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


def _reduce(graph: OnnxGraph, network: ExportedNetwork, frame: str) -> str:
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


def _normalise(graph: OnnxGraph, network: ExportedNetwork, image: str) -> str:
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


def _head(graph: OnnxGraph, network: ExportedNetwork, image: str) -> str:
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
