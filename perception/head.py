"""Convolutional head: from a normalised image to 32 features.

Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*, Nature Machine Intelligence 2, 642
(2020): five convolutions, then, for each of the eight last channels by itself, one linear map onto four features.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final, cast

import torch
import torch.nn.functional as F  # noqa: N812
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from wormdrive.perception.kernels.conditions import kernels_apply
from wormdrive.perception.kernels.conv_fused import ConvStack, last_map

__all__ = ["ROWS", "ConvHead", "HeadConfig"]

_LAYERS = ((24, 5, 2), (36, 5, 2), (48, 3, 2), (64, 3, 1), (8, 3, 1))
"""Filters, kernel side, stride of each convolution."""
ROWS: Final = 16
"""Products in float32 take other paths for what is left over by sixteen rows; so nothing may be left."""


class HeadConfig(BaseModel):
    """The head's options; the defaults train quickly, ``HeadConfig.paper()`` is the published head."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    features_per_channel: int = Field(default=4, ge=1, le=64)
    normalise_features: bool = Field(default=True, description="layer normalisation of the features, without weights")
    last_slope: float = Field(default=0.1, ge=0.0, lt=1.0, description="slope below zero of the last activation")

    @classmethod
    def paper(cls) -> HeadConfig:
        """No normalisation, plain rectifiers."""
        return cls(normalise_features=False, last_slope=0.0)


class ConvHead(nn.Module):
    """Five convolutions with SAME padding and eight small linear maps.

    SAME is TensorFlow's: an input of n pixels at stride s gives ceil(n / s), and where the padding is odd the larger
    half goes to the right and below. With the paper's 3x78x200 input the last map is 10x25 and the head has 79,420
    parameters. Weights lie channels-last in memory. In float32 on a CPU convolutions run in compiled kernels, elsewhere
    and under bf16 autocast in torch. Features are float32.

    Parameters
    ----------
    config:
        The head's options.
    in_channels, height, width:
        The image's shape.

    Examples
    --------
    >>> head = ConvHead(HeadConfig.paper(), 3, 78, 200)
    >>> sum(p.numel() for p in head.parameters())
    79420
    >>> head(torch.zeros(2, 3, 78, 200)).shape
    torch.Size([2, 32])
    """

    layers: ClassVar[tuple[tuple[int, int, int], ...]] = _LAYERS
    fused: bool = True
    """Whether the kernels are used where they apply; else torch computes everything."""
    input_dims: ClassVar[int] = 3
    images_allowed: ClassVar[str] = "(B, T, C, h, w)"

    def __init__(self, config: HeadConfig, in_channels: int, height: int, width: int) -> None:
        super().__init__()
        self.config = config
        self.convolutions = nn.ModuleList()
        self.uneven_paddings: list[tuple[int, int, int, int] | None] = []
        channels, size = in_channels, (height, width)
        for filters, kernel, stride in self.layers:
            (top, bottom), (left, right) = (self._padding(n, kernel, stride) for n in size)
            even = (top, left) == (bottom, right)
            # The convolution itself can pad evenly only; the rest costs a copy of its input.
            self.uneven_paddings.append(None if even else (left, right, top, bottom))
            convolution = nn.Conv2d(channels, filters, kernel, stride, (top, left) if even else 0)
            convolution.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
            nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]
            self.convolutions.append(convolution)
            channels = filters
            size = ((size[0] + top + bottom - kernel) // stride + 1, (size[1] + left + right - kernel) // stride + 1)
        self.map_height, self.map_width = size
        self._build_readout(channels, size[0] * size[1])

    def _build_readout(self, channels: int, pixels: int) -> None:
        config = self.config
        self.readout_weight = nn.Parameter(torch.randn(channels, pixels, config.features_per_channel) / pixels**0.5)
        self.readout_bias = nn.Parameter(torch.zeros(channels, config.features_per_channel))

    @property
    def feature_count(self) -> int:
        """Number of features, 32 in the paper."""
        return self.readout_bias.numel()

    def activations(self, images: Tensor) -> list[Tensor]:
        """Every layer's map after its activation, made by torch: (M, C, h, w) -> five tensors (M, c_i, h_i, w_i)."""
        maps: list[Tensor] = []
        x = _channels_last(images)
        for module, padding, slope in zip(self.convolutions, self.uneven_paddings, self._slopes, strict=True):
            x = cast(nn.Conv2d, module)(F.pad(x, padding) if padding else x)
            x = F.leaky_relu(x, slope) if slope else F.relu(x)
            maps.append(x)
        return maps

    @property
    def _slopes(self) -> list[float]:
        return [0.0] * (len(self.layers) - 1) + [self.config.last_slope]

    def runs_fused(self, images: Tensor) -> bool:
        """Whether the convolutions of these images (M, C, h, w) run in the kernels: each image then by itself."""
        return self.fused and kernels_apply(images, self.convolutions)

    def last_map(self, images: Tensor) -> Tensor:
        """Last layer's map after its activation, by the quickest way: (M, C, h, w) -> (M, c, h', w')."""
        if not self.runs_fused(images):
            return self.activations(images)[-1]
        convolutions = cast(list[nn.Conv2d], list(self.convolutions))
        _, channels, height, width = images.shape
        stack = ConvStack.of(convolutions, self.uneven_paddings, self._slopes, (channels, height, width))
        biases = cast(list[Tensor], [module.bias for module in convolutions])
        return last_map(stack, images, [module.weight for module in convolutions] + biases)

    def spread(self, layer: int, relevance: Tensor, size: Sequence[int]) -> Tensor:
        """Spread a map (M, 1, h_i, w_i) over the fields that convolution ``layer`` sees: (M, 1, *size)."""
        convolution = cast(nn.Conv2d, self.convolutions[layer])
        kernel, stride = convolution.kernel_size, convolution.stride
        ones = relevance.new_ones(1, 1, *kernel)
        full = F.conv_transpose2d(relevance, ones, stride=stride)
        top, left = (self._padding(n, k, s)[0] for n, k, s in zip(size, kernel, stride, strict=True))
        below, right = (
            max(n + before - have, 0) for n, before, have in zip(size, (top, left), full.shape[2:], strict=True)
        )
        return F.pad(full, (0, right, 0, below))[:, :, top : top + size[0], left : left + size[1]]

    def _padding(self, size: int, kernel: int, stride: int) -> tuple[int, int]:
        """Pixels of padding before and after one axis."""
        return _same_padding(size, kernel, stride)

    def forward(self, images: Tensor) -> Tensor:
        """(M, C, h, w) normalised images -> (M, 32) float32 features, channel by channel."""
        last = self.last_map(images)
        with torch.autocast(images.device.type, enabled=False):
            weight, bias = self.readout_weight, self.readout_bias
            pixels = last.to(weight.dtype).flatten(2)
            count = len(pixels)
            if not torch.is_grad_enabled():  # whoever drives gets the same bits alone and in company
                pixels = F.pad(pixels, (0, 0, 0, 0, 0, -count % ROWS))
            features = torch.einsum("mcp,cpk->mck", pixels, weight).add(bias).flatten(1)[:count]
            return F.layer_norm(features, features.shape[1:]) if self.config.normalise_features else features


def _channels_last(images: Tensor) -> Tensor:
    """Lay images out channels-last in memory."""
    # In name too: with one channel torch calls any layout contiguous, and would convolve what follows in the slow one.
    _, channels, height, width = images.shape
    images = images.contiguous(memory_format=torch.channels_last)
    return images.as_strided(images.shape, (channels * height * width, 1, width * channels, channels))


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Compute the padding before and after one axis, as TensorFlow's SAME does it."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2
