"""Flat head: hands every number of a picture on as it is, to a network that has eyes of its own."""

from __future__ import annotations

import math
from typing import ClassVar

from torch import Tensor, nn

__all__ = ["FlatHead"]


class FlatHead(nn.Module):
    """Stands where a ``ConvHead`` stands, and learns nothing.

    Parameters
    ----------
    shape:
        Of a picture: (C, h, w).

    Examples
    --------
    >>> FlatHead((3, 4, 5))(torch.zeros(2, 3, 4, 5)).shape
    torch.Size([2, 60])
    """

    input_dims: ClassVar[int] = 3
    images_allowed: ClassVar[str] = "(B, T, C, h, w)"

    def __init__(self, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.shape, self.feature_count = shape, math.prod(shape)

    def runs_fused(self, _images: Tensor) -> bool:
        """There are no kernels."""
        return False

    def forward(self, images: Tensor) -> Tensor:
        """(M, C, h, w) -> (M, C * h * w)."""
        return images.flatten(1)
