"""Nodes and constants of an ONNX graph."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.extras import needs_extra

with needs_extra("export"):
    import onnx
    from onnx import helper, numpy_helper

__all__ = ["OnnxGraph"]


class OnnxGraph:
    """Nodes and constants in the order in which they are added; names follow from that order."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, op: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node with one output; return the output's name."""
        name = output or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=f"{op}_{len(self.nodes)}", **attributes))
        return name

    def floats(self, values: NDArray[np.float32], name: str = "constant") -> str:
        """Add a float32 constant; return its name."""
        return self._constant(np.asarray(values, np.float32), name)

    def scalar(self, value: float) -> str:
        """Add one float32."""
        return self.floats(np.float32(value), "scalar")  # type: ignore[arg-type]

    def whole(self, *values: int) -> str:
        """Add an int64 vector."""
        return self._constant(np.array(values, np.int64), "whole")

    def index(self, value: int) -> str:
        """Add one int64."""
        return self._constant(np.array(value, np.int64), "index")

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
