"""Fast path: the one rule for when kernels may compute what the plain torch reference would.

Kernels read numbers from memory and write numbers there. So they may stand in only where tensors are nothing but
numbers: real ones, on a device that has kernels, with nobody looking at the operations in between.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

__all__ = ["fusable", "is_plain", "unwatched"]

_PLAIN = (Tensor, nn.Parameter)
_TYPES = (torch.float32, torch.float64)

_is_exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)  # torch 2.6 does not tell


def unwatched() -> bool:
    """Whether torch does no more than it is called for: nothing traces, transforms, follows tangents or intercepts.

    Not to be asked while ``torch.compile`` or ``torch.export`` look.
    """
    return not (
        torch._C._are_functorch_transforms_active()  # torch.func: grad, vmap, jvp
        or torch._C._is_tracing()  # torch.jit.trace, and the ONNX exporter of old
        or forward_ad._current_level >= 0  # dual numbers
        or torch._C._len_torch_dispatch_stack()  # FakeTensorMode, make_fx, counters of operations
    )


def is_plain(tensor: object, dtype: torch.dtype) -> bool:
    """Whether it is a tensor of numbers of this type in the CPU's memory, and no sub-class of one."""
    return type(tensor) in _PLAIN and tensor.dtype is dtype and tensor.is_cpu  # type: ignore[attr-defined]


def fusable(inputs: Tensor, elapsed: Tensor, *others: Tensor, cuda: bool = False) -> bool:
    """Whether a kernel can stand in, by torch's rules: float32 or float64, no gradient by elapsed time, unwatched.

    On the CPU, or where there are kernels for ``cuda``, there. ``torch.compile`` takes kernels as operators of ours; to
    ``torch.export`` the reference is shown, so that what is exported needs nothing of ours.
    """
    if inputs.dtype not in _TYPES or (elapsed.requires_grad and torch.is_grad_enabled()):
        return False
    if torch.compiler.is_compiling():
        return not _is_exporting() and (inputs.is_cpu or (cuda and inputs.is_cuda))
    real = all(type(tensor) in _PLAIN for tensor in (inputs, elapsed, *others))
    return real and (inputs.is_cpu or (cuda and inputs.is_cuda)) and unwatched()
