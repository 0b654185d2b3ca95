"""Background: what stands in for a part of a picture that is hidden."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

__all__ = ["background"]

_SPREAD: Final = 0.1
"""Of the blur, as a share of the picture's height."""


def background(images: Tensor) -> Tensor:
    """Blur images (M, C, h, w) until marks and edges are gone, and bright and dark stay where they are.

    Black or one grey would not do: what normalises contrast makes nearly the same of a picture and of a faint copy of
    it, so that along a path from plain grey all would happen within the first few steps, and a hidden patch would have
    an outline of its own.
    """
    spread = _SPREAD * images.shape[2]
    blurred = ndimage.gaussian_filter(images.cpu().numpy(), (0.0, 0.0, spread, spread), mode="nearest")
    return torch.from_numpy(np.ascontiguousarray(blurred)).to(images.device)
