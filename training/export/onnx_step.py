"""Run an exported ONNX file in ONNX Runtime, one step at a time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ModelError
from wormdrive.envs.common.extras import needs_extra

__all__ = ["OnnxStepper"]


class OnnxStepper:
    """A ``PolicyStepper`` on one thread of the CPU.

    Raises
    ------
    ModelError
        When ONNX Runtime cannot read the file.
    """

    def __init__(self, model: Path | bytes) -> None:
        with needs_extra("export"):
            import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        source = model if isinstance(model, bytes) else str(model)
        try:
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library's errors have no common base but this
            name = "model" if isinstance(model, bytes) else model
            raise ModelError(f"{name}: ONNX Runtime cannot read it: {' '.join(str(error).split())}") from error
        self._state_size = int(self._session.get_inputs()[1].shape[1])
        self.reset(1)

    def reset(self, cars: int) -> None:
        """Begin anew with that many cars."""
        self._state = np.zeros((cars, self._state_size), np.float32)

    def step(self, frames: NDArray[np.uint8], elapsed: float = 1.0) -> NDArray[np.float32]:
        """Frames (N, H, W, 3) -> curvature (N,) [1/m]."""
        feeds = {
            "frame": np.ascontiguousarray(frames),
            "state": self._state,
            "elapsed": np.full(len(frames), elapsed, np.float32),
        }
        curvature, self._state = self._session.run(["curvature", "next_state"], feeds)
        return np.asarray(curvature, np.float32)

    @property
    def state(self) -> NDArray[np.float32]:
        """What is remembered, (N, S)."""
        return self._state
