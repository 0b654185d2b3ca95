"""Eyes: what followers see through: preprocessing, the convolutional head, and a read-out by which they learn."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from wormdrive.convoy.config import EyesConfig
from wormdrive.perception.head import ROWS, ConvHead
from wormdrive.perception.preprocess import Preprocessor

__all__ = ["READ_OUTS", "Eyes", "small_linear"]

READ_OUTS: Final = 6
"""The expert's curvature and acceleration, the gap, and the pose: offset, heading error and the road's curvature."""


class Eyes(nn.Module):
    """Frames -> 32 features, and while they learn, from those what is to be read in a single frame."""

    def __init__(self, config: EyesConfig) -> None:
        super().__init__()
        self.config = config
        size = config.preprocess
        self.preprocessor = Preprocessor(size)
        self.head = ConvHead(config.head, size.channels, size.image_height, size.image_width)
        self.read_out = small_linear(self.head.feature_count, READ_OUTS)

    @property
    def feature_count(self) -> int:
        """F: 32."""
        return self.head.feature_count

    def forward(self, images: Tensor) -> Tensor:
        """Reduced images (M, C, h, w) in [0, 1] -> features (M, F)."""
        features: Tensor = self.head(self.preprocessor(images))
        return features

    def look(self, frames: NDArray[np.uint8]) -> Tensor:
        """Frames (B, H, W, 3) -> features (B, F), without gradients; a frame has the same bits alone and in company."""
        return self.see(self.preprocessor.reduce(torch.from_numpy(np.ascontiguousarray(frames))))

    def see(self, images: Tensor) -> Tensor:
        """Reduced images (M, C, h, w) -> features (M, F), without gradients, with the bits of ``look``."""
        with torch.no_grad():  # not inference_mode: controllers learn from what is seen
            return torch.cat([self._seen(part) for part in torch.split(images, _CHUNK)])

    def _seen(self, images: Tensor) -> Tensor:
        count = len(images)
        return self(F.pad(images.float(), (0, 0) * 3 + (0, -count % ROWS)))[:count]  # type: ignore[no-any-return]


def small_linear(inputs: int, outputs: int) -> nn.Linear:
    """Make a linear map that begins near zero, as a car that drives straight on."""
    linear = nn.Linear(inputs, outputs)
    with torch.no_grad():
        linear.weight.mul_(0.1)
        linear.bias.zero_()
    return linear


_CHUNK: Final = 64
