"""Dense head: the convolutional network of five million parameters that needs no memory behind it."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from wormdrive.perception.head import ROWS, ConvHead, HeadConfig

__all__ = ["DenseHead", "Padding"]

Padding = Literal["same", "valid"]


class DenseHead(ConvHead):
    """Five convolutions that end in 64 channels, then dense layers of 1000 and 100 units with rectifiers.

    The feed-forward baseline of Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*, Nature
    Machine Intelligence 2, 642 (2020), after Bojarski et al., arXiv 1604.07316. The paper gives the size of the whole,
    5,068,900; it is that of convolutions without padding (VALID) on 3x78x200, of these dense layers, and of a last
    linear map without bias: 103,700 + 4,865,000 + 100,100 + 100.

    Parameters
    ----------
    config:
        ``normalise_features`` and ``last_slope`` as in ``ConvHead``; ``features_per_channel`` plays no part.
    in_channels, height, width:
        The image's shape.
    padding:
        ``valid`` pads nothing, as the paper's network, and needs images of at least 53x53; ``same`` takes any.

    Raises
    ------
    ValueError
        When nothing is left of the image after the last convolution.

    Examples
    --------
    >>> head = DenseHead(HeadConfig.paper(), 3, 78, 200, padding="valid")
    >>> sum(p.numel() for p in head.parameters())
    5068800
    >>> head(torch.zeros(2, 3, 78, 200)).shape
    torch.Size([2, 100])
    """

    layers: ClassVar = ((24, 5, 2), (36, 5, 2), (48, 3, 2), (64, 3, 1), (64, 3, 1))

    def __init__(
        self, config: HeadConfig, in_channels: int, height: int, width: int, *, padding: Padding = "same"
    ) -> None:
        self._valid = padding == "valid"
        super().__init__(config, in_channels, height, width)

    def _build_readout(self, channels: int, pixels: int) -> None:
        if self.map_height < 1 or self.map_width < 1:
            raise ValueError("nothing is left of the image after the last convolution; padding='same' takes any size")
        self.dense = nn.ModuleList([nn.Linear(channels * pixels, 1000), nn.Linear(1000, 100)])
        for layer in self.dense:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # type: ignore[arg-type]
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    @property
    def feature_count(self) -> int:
        """100: the units of the last dense layer."""
        return 100

    def _padding(self, size: int, kernel: int, stride: int) -> tuple[int, int]:
        return (0, 0) if self._valid else super()._padding(size, kernel, stride)

    def forward(self, images: Tensor) -> Tensor:
        """(M, C, h, w) normalised images -> (M, 100) float32 features."""
        last = self.last_map(images)
        features = last.flatten(1)
        count = len(features)
        features = F.pad(features, (0, 0, 0, -count % ROWS))
        for layer in self.dense:
            features = layer(features).relu()
        features = features[:count].float()
        with torch.autocast(images.device.type, enabled=False):
            return F.layer_norm(features, features.shape[1:]) if self.config.normalise_features else features
