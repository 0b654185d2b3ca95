"""A patch: steering that one knows to hang on a few pixels alone, and pictures for it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

ROWS, COLUMNS = slice(12, 16), slice(20, 28)
SHAPE = (40, 60)


def pictures(count: int = 3, seed: int = 0) -> Tensor:
    """Return images (M, 1, 40, 60) of noise in [0, 1]."""
    return torch.from_numpy(np.random.default_rng(seed).random((count, 1, *SHAPE), np.float32))


def by_patch(images: Tensor, _which: Tensor) -> Tensor:
    """Steer by the brightness of the patch, squared, and by nothing else."""
    return images[:, 0, ROWS, COLUMNS].square().mean((1, 2))


def on_patch() -> np.ndarray:
    """Return where the patch is, (40, 60)."""
    where = np.zeros(SHAPE, np.bool_)
    where[ROWS, COLUMNS] = True
    return where
