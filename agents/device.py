"""Device: where networks compute, and how they come to the same bits there every time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel

from wormdrive.envs.common.errors import ArgumentError, one_of

__all__ = ["DEVICES", "Placed", "as_tensor_like", "choose_device", "repeatable", "sent", "without_autocast"]

DEVICES: Final = ("cpu", "cuda")
"""Names of the devices to choose from; ``CUDA_VISIBLE_DEVICES`` says which GPU ``cuda`` is."""


def choose_device(name: str) -> torch.device:
    """Return a device on which torch can compute here.

    Raises
    ------
    ArgumentError
        There is no such device, or torch cannot use it: says what torch says.
    """
    if name not in DEVICES:
        raise ArgumentError(one_of("device", name, DEVICES))
    device = torch.device(name)
    try:
        torch.empty(1, device=device)
    except (AssertionError, RuntimeError) as problem:  # what torch raises without CUDA, and without a device
        said = str(problem).strip().partition("\n")[0].rstrip(".")
        raise ArgumentError(
            f"device={name!r}: torch {torch.__version__} says: {said}; allowed are cpu, and cuda with a CUDA build of "
            "torch, a GPU and its driver"
        ) from problem
    return device


@contextmanager
def repeatable(device: torch.device) -> Iterator[None]:
    """Have convolutions and attention compute in full float32 and in the same order every time, for a while.

    A CPU does so anyway. On CUDA, cuDNN would round float32 to ten bits (TF32) and may add up in any order, and so may
    the way back through attention.
    """
    if device.type != "cuda":
        yield
        return
    exact = torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
    with exact, sdpa_kernel(SDPBackend.MATH):
        yield


def without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Compute in the tensors' own types for a while; on ``meta``, which has no numbers, there is nothing to cast."""
    return nullcontext() if device.type == "meta" else torch.autocast(device.type, enabled=False)


def sent(tensor: Tensor, device: torch.device) -> Tensor:
    """Return a tensor of the CPU on a device, without waiting until it is there; what is computed there will wait."""
    if device.type == "cuda":
        tensor = tensor.pin_memory()  # from elsewhere the driver copies while the caller waits
    return tensor.to(device, non_blocking=True)


def as_tensor_like(value: Tensor | float, like: Tensor) -> Tensor:
    """Return a tensor or a number in the type and on the device of ``like``; a number is filled in there, not sent."""
    if isinstance(value, int | float):
        return torch.full((), value, dtype=like.dtype, device=like.device)
    return torch.as_tensor(value, dtype=like.dtype, device=like.device)


class Placed:
    """Tensors that do not change, on each device where they were asked for."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._tensors = tensors
        self._on: dict[torch.device, list[Tensor]] = {}

    def on(self, device: torch.device) -> list[Tensor]:
        """Return them on a device."""
        if device not in self._on:
            with torch.inference_mode(False):  # whoever asks first may drive, and who asks next may learn
                self._on[device] = [tensor.to(device) for tensor in self._tensors]
        return self._on[device]
