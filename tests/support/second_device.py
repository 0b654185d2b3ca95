"""A second device, of rules and without numbers: it refuses what would fail, or wait, between a CPU and a GPU.

Torch's fake tensors know their shape, type and device alone. On this device they take every operation, forwards and
backwards, but none that mixes them with tensors of the CPU, and none that looks at a number (``float(loss)``,
``.item()``), for which whoever asks a GPU must wait. Setting it up changes torch for good: do so in a process of its
own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.utils import backend_registration

__all__ = ["CAN_BE_HAD", "DEVICE", "move_module", "set_up"]

CAN_BE_HAD = hasattr(backend_registration, "_setup_privateuseone_for_python_backend")
DEVICE = "second:0"


def set_up() -> FakeTensorMode:
    """Tell torch of the device; what is computed under the mode returned may use it."""
    module: Any = backend_registration._DummyBackendModule()  # type: ignore[attr-defined]
    module.is_available = lambda: False  # so that nothing is made there but by the mode
    module.get_amp_supported_dtype = lambda: [torch.bfloat16]
    backend_registration._setup_privateuseone_for_python_backend(  # type: ignore[attr-defined]
        "second", backend_module=module
    )
    FakeTensor.numpy = _as_array  # type: ignore[method-assign]
    return FakeTensorMode(allow_non_fake_inputs=True)


def _as_array(tensor: torch.Tensor) -> Any:
    """Zeros, as an array, for what has come back to the CPU in order."""
    assert tensor.device.type == "cpu", "NumPy sees tensors of the CPU alone"
    return np.zeros(tuple(tensor.shape), np.float32)


def move_module(module: nn.Module, mode: FakeTensorMode) -> None:
    """Move parameters and buffers, whose numbers are lost."""
    for part in module.modules():
        for held in (part._parameters, part._buffers):
            for name, tensor in held.items():
                if tensor is not None:
                    moved = mode.from_tensor(tensor.detach()).to(DEVICE)
                    held[name] = nn.Parameter(moved) if isinstance(tensor, nn.Parameter) else moved
