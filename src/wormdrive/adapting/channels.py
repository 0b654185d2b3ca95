"""Channels: mean and deviation of what each filter of the head's convolutions answers, before its activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.perception.head import ConvHead

__all__ = ["ChannelStatistics", "activated", "answers", "channel_statistics"]


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """Means and means of squares, for each convolution a tensor (filters,)."""

    means: tuple[Tensor, ...]
    squares: tuple[Tensor, ...]

    @classmethod
    def weighted(cls, parts: Sequence[ChannelStatistics], weights: Sequence[float]) -> ChannelStatistics:
        """Return the weighted sum of some; weights add up to 1."""
        pairs = list(zip(parts, weights, strict=True))
        layers = range(len(parts[0].means))
        return cls(
            tuple(sum((part.means[k] * w for part, w in pairs), torch.zeros(())) for k in layers),
            tuple(sum((part.squares[k] * w for part, w in pairs), torch.zeros(())) for k in layers),
        )

    def deviation(self, layer: int) -> Tensor:
        """Return the standard deviations (filters,) of a convolution."""
        return (self.squares[layer] - self.means[layer].square()).clamp_min(1e-8).sqrt()


def answers(head: ConvHead, layer: int, maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return what convolution ``layer`` with other weights answers to maps (M, c, h, w), before its activation."""
    module, padding = cast(nn.Conv2d, head.convolutions[layer]), head.uneven_paddings[layer]
    padded = F.pad(maps, padding) if padding else maps
    return F.conv2d(padded, weight, bias, module.stride, cast(tuple[int, int], module.padding))


def activated(head: ConvHead, layer: int, answer: Tensor) -> Tensor:
    """Return the map after the activation of ``layer``."""
    last = layer == len(head.convolutions) - 1
    return F.leaky_relu(answer, head.config.last_slope) if last else F.relu(answer)


def channel_statistics(head: ConvHead, images: Tensor) -> ChannelStatistics:
    """Measure the filters on normalised images (M, C, h, w)."""
    means, squares, maps = [], [], images
    for layer, module in enumerate(head.convolutions):
        convolution = cast(nn.Conv2d, module)
        answer = answers(head, layer, maps, convolution.weight, cast(Tensor, convolution.bias))
        means.append(answer.mean((0, 2, 3)))
        squares.append(answer.square().mean((0, 2, 3)))
        maps = activated(head, layer, answer)
    return ChannelStatistics(tuple(means), tuple(squares))
