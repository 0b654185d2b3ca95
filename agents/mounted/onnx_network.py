"""OnnxNetwork: an ONNX file that nobody vouches for, run by ONNX Runtime on one thread.

Its size is bounded, it may not refer to other files, and its inputs must be the mount's: picture, states, elapsed time.
Whatever it computes, it may compute for long: there is no limit on that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.mounted.network import the_number
from wormdrive.agents.weight_files import read_limited
from wormdrive.envs.common.errors import ModelError
from wormdrive.envs.common.extras import needs_extra

__all__ = ["MAX_ONNX_BYTES", "OnnxNetwork"]

MAX_ONNX_BYTES: Final = 512 << 20
_MAX_STATE: Final = 1 << 24
_TYPES: Final = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
}


class OnnxNetwork:
    """Runs an ONNX file for one picture at a time.

    Parameters
    ----------
    file:
        The ``.onnx`` file.
    mount:
        What it sees and what its number means; which of its inputs are states.

    Raises
    ------
    ModelError
        It cannot be read, is larger than ``MAX_ONNX_BYTES``, is no ONNX model, refers to other files, or has other
        inputs and outputs than the mount says.
    MissingPackageError
        onnx or onnxruntime is not installed.
    """

    kind: Final = "ONNX file"

    def __init__(self, file: str | Path, mount: Mount) -> None:
        self.name = str(file)
        self._mount = mount
        packed = read_limited(Path(file), MAX_ONNX_BYTES)
        self.numbers = _checked(packed, self.name)
        self._session = _session(packed, self.name)
        inputs = {one.name: one for one in self._session.get_inputs()}
        outputs = [one.name for one in self._session.get_outputs()]
        tensors = mount.tensors
        for name in (*tensors.states, tensors.elapsed, tensors.image):
            if name is not None and name not in inputs:
                raise ModelError(f"{self.name}: has no input {name!r}, which the mount names; it has {list(inputs)}")
        for name in (*tensors.states.values(), tensors.output):
            if name is not None and name not in outputs:
                raise ModelError(f"{self.name}: has no output {name!r}, which the mount names; it has {outputs}")
        taken = {*tensors.states, tensors.elapsed}
        rest = [name for name in inputs if name not in taken]
        self._image = tensors.image or next(iter(rest), "")
        if rest != [self._image]:
            raise ModelError(
                f"{self.name}: has the inputs {list(inputs)}: allowed is one picture, and what the mount names under "
                "tensors.states and tensors.elapsed"
            )
        plain = [name for name in outputs if name not in tensors.states.values()]
        if not plain:
            raise ModelError(f"{self.name}: has no output but states; allowed is one more")
        self._outputs = (tensors.output or plain[0], *tensors.states.values())
        self._check_picture(inputs[self._image])
        self._first = {name: _zeros(inputs[name], self.name) for name in tensors.states}
        if tensors.elapsed is not None:
            one = inputs[tensors.elapsed]
            self._elapsed = np.ones([1] * len(one.shape), _type_of(one, self.name))

    def _check_picture(self, one: Any) -> None:
        wanted, found = self._mount.picture_shape, tuple(one.shape)
        fits = len(found) == len(wanted) and all(
            not isinstance(size, int) or size == want for size, want in zip(found, wanted, strict=True)
        )
        if not fits:
            raise ModelError(
                f"{self.name}: input {self._image!r} takes {list(found)}; the mount makes pictures {list(wanted)} "
                f"({self._mount.layout}): allowed is what fits, by its size, crop, colours or layout"
            )
        self._type = _type_of(one, self.name)
        if self._type is np.uint8 and (self._mount.range, self._mount.mean, self._mount.deviation) != ((0, 255), 0, 1):
            raise ModelError(
                f"{self.name}: input {self._image!r} takes bytes: allowed in the mount is range: [0, 255], and no mean "
                "or deviation"
            )

    def __call__(self, picture: NDArray[np.float32], state: Any, elapsed_s: float) -> tuple[float, Any]:
        """Return the number for a picture, and the states by name; see ``FrameNetwork``.

        Raises
        ------
        ModelError
            It cannot be computed, or no one finite number comes out.
        """
        tensors = self._mount.tensors
        given = {self._image: picture.astype(self._type), **(self._first if state is None else state)}
        if tensors.elapsed is not None:
            given[tensors.elapsed] = self._elapsed * np.asarray(elapsed_s / tensors.elapsed_unit_s, self._elapsed.dtype)
        try:
            said, *states = self._session.run(self._outputs, given)
        except Exception as error:  # onnxruntime has many kinds, and no common one
            raise ModelError(f"{self.name}: cannot be computed: {_first_line(error)}") from error
        return (
            the_number(said, self._mount.output.index, self.name),
            dict(zip(tensors.states, states, strict=True)) or None,
        )


def _checked(packed: bytes, name: str) -> int:
    """See that a file is a model that stands alone; return how many numbers it holds."""
    with needs_extra("export", f"which reads {name}"):
        import onnx
    try:
        model = onnx.load_model_from_string(packed)
    except Exception as error:  # protobuf's DecodeError, as a rule
        raise ModelError(f"{name}: not an ONNX model ({_first_line(error)})") from error
    if not model.graph.node:
        raise ModelError(f"{name}: not an ONNX model: it has no nodes")
    nodes = [*model.graph.node, *(node for function in model.functions for node in function.node)]
    tensors = [*model.graph.initializer, *_inside(nodes)]
    for tensor in tensors:
        if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
            raise ModelError(f"{name}: tensor {tensor.name!r} lies in another file: allowed is a model in one file")
    floats = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE, onnx.TensorProto.BFLOAT16)
    return sum(math.prod(tensor.dims) for tensor in model.graph.initializer if tensor.data_type in floats)


def _inside(nodes: Iterable[Any]) -> Iterator[Any]:
    """Tensors that are nodes' attributes, and those of the graphs within nodes."""
    for node in nodes:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors
            for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
                yield from (sparse.values, sparse.indices)
            for graph in (attribute.g, *attribute.graphs):
                yield from graph.initializer
                yield from _inside(graph.node)


def _session(packed: bytes, name: str) -> Any:
    with needs_extra("export", f"which runs {name}"):
        import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is raised, too
    try:
        return onnxruntime.InferenceSession(packed, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"{name}: ONNX Runtime cannot use it: {_first_line(error)}") from error


def _type_of(one: Any, name: str) -> Any:
    if one.type not in _TYPES:
        raise ModelError(f"{name}: input {one.name!r} takes {one.type}: allowed are {', '.join(_TYPES)}")
    return _TYPES[one.type]


def _zeros(one: Any, name: str) -> NDArray[Any]:
    """Return a state's beginning, of one car, which is what an axis without a size stands for."""
    shape = [size if isinstance(size, int) else 1 for size in one.shape]
    unknown = [size for size in one.shape if not isinstance(size, int)]
    if len(unknown) > 1 or any(size < 1 for size in shape) or math.prod(shape) > _MAX_STATE:
        raise ModelError(
            f"{name}: state {one.name!r} is {list(one.shape)}: allowed are known sizes, but for that of the batch, and "
            f"{_MAX_STATE:,} numbers"
        )
    return np.zeros(shape, _type_of(one, name))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
