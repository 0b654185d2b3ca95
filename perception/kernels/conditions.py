"""Conditions: where kernels may stand in for torch: where only the clock could tell.

They compute float32 numbers on a CPU. Whoever traces, transforms, counts or hooks torch's operations must find those.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn.modules import module as modules

__all__ = ["is_plain", "kernels_apply", "nobody_watches"]


def kernels_apply(images: Tensor, convolutions: Iterable[nn.Module]) -> bool:
    """Whether the kernels may compute these convolutions of these images (M, C, h, w)."""
    if not nobody_watches() or torch.is_autocast_enabled("cpu"):
        return False
    if not is_plain(images) or images.ndim != 4 or not images.numel():
        return False
    channels = images.shape[1]
    for convolution in convolutions:
        if not _is_simple(convolution):
            return False
        convolution = cast(nn.Conv2d, convolution)
        if convolution.in_channels != channels:
            return False
        channels = convolution.out_channels
    return True


def nobody_watches() -> bool:
    """Whether nobody traces, transforms, counts or hooks torch's operations now."""
    if torch.compiler.is_compiling() or torch._C._is_tracing():
        return False
    if torch._C._are_functorch_transforms_active() or torch._C._len_torch_dispatch_stack():
        return False
    return forward_ad._current_level < 0 and not modules._has_any_global_hook()  # type: ignore[no-untyped-call]


def is_plain(tensor: object, dtype: torch.dtype = torch.float32) -> bool:
    """Whether this is a tensor of ordinary numbers in ordinary memory."""
    return (
        isinstance(tensor, Tensor)
        and type(tensor) in (Tensor, nn.Parameter)
        and tensor.dtype == dtype
        and tensor.device.type == "cpu"
        and tensor.layout == torch.strided
    )


def _is_simple(module: nn.Module) -> bool:
    """Whether this is torch's own square convolution, neither hooked nor parametrised."""
    if type(module) is not nn.Conv2d or "forward" in vars(module):
        return False
    hooks = (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks)
    return (
        not any(hooks)
        and is_plain(module.weight)
        and is_plain(module.bias)
        and module.kernel_size[0] == module.kernel_size[1]
        and module.stride[0] == module.stride[1]
        and module.dilation == (1, 1)
        and module.groups == 1
        and module.padding_mode == "zeros"
        and isinstance(module.padding, tuple)
    )
