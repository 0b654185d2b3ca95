"""The convolutions' kernels for torch: the last map of a stack of convolutions with rectifiers, on a CPU in float32.

Results are those of torch's own convolutions up to rounding. A frame's have the same bits alone and in any batch, and
those of a batch have the same bits with any number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from wormdrive.envs.common.simd import LANES
from wormdrive.perception.kernels.chunks import CHUNK, each_chunk
from wormdrive.perception.kernels.conv_kernel import add_gradients, make_maps, pack
from wormdrive.perception.kernels.conv_plan import ConvPlan, ConvShape
from wormdrive.perception.kernels.conv_planner import plan_convolutions
from wormdrive.perception.kernels.micro_kernels import PIXELS

__all__ = ["ConvStack", "last_map"]

Floats = NDArray[np.float32]

_CACHE_LINE = 64
"""Of most processors [bytes]."""


class ConvStack(NamedTuple):
    """A stack of convolutions without its weights: each one's shape, and the slope below zero of its activation."""

    shapes: tuple[ConvShape, ...]
    slopes: tuple[float, ...]

    @classmethod
    def of(
        cls,
        convolutions: Iterable[nn.Conv2d],
        paddings: Iterable[tuple[int, int, int, int] | None],
        slopes: Iterable[float],
        image_shape: tuple[int, int, int],
    ) -> ConvStack:
        """Describe torch's convolutions of images (channels, height, width).

        ``paddings``: (left, right, top, bottom) of each, where it does not pad by itself.
        """
        shapes: list[ConvShape] = []
        channels, height, width = image_shape
        for convolution, padding in zip(convolutions, paddings, strict=True):
            down, across = cast(tuple[int, int], convolution.padding)
            shape = ConvShape(
                channels, height, width, convolution.out_channels, convolution.kernel_size[0], convolution.stride[0],
                *(padding or (across, across, down, down)),
            )  # fmt: skip
            shapes.append(shape)
            channels, height, width = shape.filters, shape.out_height, shape.out_width
        return cls(tuple(shapes), tuple(slopes))


class _Kept(NamedTuple):
    """What the way back needs besides images and outputs; a tape for each chunk of frames."""

    packed: Tensor
    tapes: list[Tensor]


def last_map(stack: ConvStack, images: Tensor, parameters: Sequence[Tensor]) -> Tensor:
    """Run a stack: images (M, C, h, w) -> the last layer's map (M, c, h', w'), channels-last in memory.

    ``parameters``: all layers' weights, then all biases. All tensors are float32 on the CPU. Gradients flow to images
    and parameters, once.
    """
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in (images, *parameters)):
        return cast(Tensor, _Function.apply(stack, images, *parameters))  # type: ignore[no-untyped-call]
    return _forward(stack, images, parameters, keep=False)[0]


class _Function(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, stack: ConvStack, images: Tensor, *parameters: Tensor) -> Tensor:
        outputs, kept = _forward(stack, images, parameters, keep=True)
        ctx.stack, ctx.shapes = stack, [p.shape for p in parameters]
        ctx.save_for_backward(images, outputs, kept.packed, *kept.tapes)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        images, outputs, packed, *tapes = ctx.saved_tensors
        kept, by_images = _Kept(packed, tapes), ctx.needs_input_grad[1]
        d_images, flat = _backward(ctx.stack, images, outputs, kept, d_outputs, by_images=by_images)
        sizes = [shape.numel() for shape in ctx.shapes]
        d_parameters = [
            part.view(shape) if len(shape) == 1 else part.view(shape[0], *shape[2:], shape[1]).permute(0, 3, 1, 2)
            for part, shape in zip(torch.split(flat, sizes), ctx.shapes, strict=True)
        ]
        return None, d_images, *d_parameters


def _forward(stack: ConvStack, images: Tensor, parameters: Sequence[Tensor], *, keep: bool) -> tuple[Tensor, _Kept]:
    plan, frames = plan_convolutions(stack.shapes), len(images)
    numbers = [_flat(p.detach()) for p in parameters]
    packed = _aligned(len(plan.packing) if keep else plan.forward_packed)
    pack(torch.cat([*numbers, numbers[0].new_zeros(1)]).numpy(), plan.packing, packed)
    outputs = torch.empty((frames, *plan.out_shape), memory_format=torch.channels_last)
    pixels, results, slopes = _rows(images), _rows(outputs), np.array(stack.slopes, np.float32)

    def work(first: int, last: int) -> Tensor:
        # A chunk's tape is small enough for memory that is used again and again; fresh memory is several times slower.
        tape = _aligned(last - first if keep else 0, plan.tape)
        make_maps(plan.tables, pixels, packed, slopes, _sizes(plan), first, last, keep, tape, results)
        return torch.from_numpy(tape)

    return outputs, _Kept(torch.from_numpy(packed), list(each_chunk(frames, work)))


def _backward(
    stack: ConvStack, images: Tensor, outputs: Tensor, kept: _Kept, d_outputs: Tensor, *, by_images: bool
) -> tuple[Tensor | None, Tensor]:
    """Gradients by images, if wanted, and by all parameters in turn, weights channels-last."""
    plan, frames = plan_convolutions(stack.shapes), len(images)
    pixels, results, d_results = _rows(images), _rows(outputs), _rows(d_outputs)
    packed, slopes = kept.packed.numpy(), np.array(stack.slopes, np.float32)
    d_images = torch.empty(images.shape if by_images else (0, *images.shape[1:]), memory_format=torch.channels_last)
    d_pixels = _rows(d_images)

    def work(first: int, last: int) -> Floats:
        tape, sums = kept.tapes[first // CHUNK].numpy(), _aligned(plan.sums)
        sums.fill(0)
        add_gradients(
            plan.tables, pixels, packed, slopes, _sizes(plan), first, last, tape, results, d_results, sums,
            by_images, d_pixels,
        )  # fmt: skip
        return sums

    total = np.zeros(plan.sums, np.float32)
    for sums in each_chunk(frames, work):
        total += sums
    return d_images if by_images else None, torch.from_numpy(total[plan.unpacking])


def _sizes(plan: ConvPlan) -> tuple[int, int]:
    """Of the scratch, and of a tile's sums with those that they begin with."""
    return plan.scratch, (PIXELS + 1) * plan.lanes + LANES


def _aligned(*shape: int) -> Floats:
    """Make room that begins with a cache line; NumPy's own may begin a quarter line later."""
    count = math.prod(shape)
    room = np.empty(count + LANES, np.float32)
    skip = -room.ctypes.data % _CACHE_LINE // room.itemsize
    return room[skip : skip + count].reshape(shape)


def _rows(maps: Tensor) -> Floats:
    """Look at maps (M, c, h, w) as an array (M, h * w * c); a copy only where they are not channels-last."""
    array: Floats = maps.detach().permute(0, 2, 3, 1).contiguous().flatten(1).numpy()
    return array


def _flat(parameter: Tensor) -> Tensor:
    return (parameter.permute(0, 2, 3, 1) if parameter.ndim == 4 else parameter).reshape(-1)
