"""Parts of a picture: what each pixel shows, which the camera that drew it knows exactly."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.simulation.semantic_labels import SemanticLabel as Label

__all__ = ["PARTS", "TARGET", "on_target", "parts_of"]

TARGET: Final = "target"

_LABELS: Final = {
    TARGET: (Label.DYNAMIC, Label.CAR),
    "trunks and leaves": (Label.VEGETATION,),
    "sky": (Label.SKY,),
}

PARTS: Final = (*_LABELS, "ground")
"""What pixels are told apart by; the ground is all the rest, roads included."""


def on_target(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which pixels show the target; a flight's wood has no other things of its class."""
    return np.isin(labels, _LABELS[TARGET])


def parts_of(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which pixels of labels (M, H, W) each part covers, (M, 4, H, W): every pixel is of one."""
    known = np.stack([np.isin(labels, which) for which in _LABELS.values()], axis=1)
    return np.concatenate([known, ~known.any(1, keepdims=True)], axis=1)
