"""Small ONNX files made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

__all__ = ["mean_of_picture", "write"]


def mean_of_picture(file: Path, shape: list[Any] | None = None, *, gain: float = 1.0, remembers: bool = False) -> Path:
    """Write a network that says ``gain`` times the mean of its picture; if it remembers, plus what it said before."""
    sizes = ["batch", 3, 78, 200] if shape is None else shape
    inputs = [helper.make_tensor_value_info("image", TensorProto.FLOAT, sizes)]
    outputs = [helper.make_tensor_value_info("said", TensorProto.FLOAT, None)]
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "gain"], ["product"]),
    ]
    if remembers:
        inputs.append(helper.make_tensor_value_info("before", TensorProto.FLOAT, ["batch"]))
        outputs.append(helper.make_tensor_value_info("after", TensorProto.FLOAT, ["batch"]))
        nodes.append(helper.make_node("Add", ["product", "before"], ["said"]))
        nodes.append(helper.make_node("Identity", ["said"], ["after"]))
    else:
        nodes.append(helper.make_node("Identity", ["product"], ["said"]))
    constants = [numpy_helper.from_array(np.array(gain, np.float32), "gain")]
    return write(file, helper.make_graph(nodes, "mean", inputs, outputs, constants))


def write(file: Path, graph: onnx.GraphProto) -> Path:
    """Write a graph as a model that older runtimes read, too."""
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    file.write_bytes(model.SerializeToString())
    return file
