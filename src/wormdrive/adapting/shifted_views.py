"""Shifted views: a picture shifted sideways is, near enough, the picture of a car that heads a little to the side.

Its steering must change, then, by what steers back. This asks for no label: the road's place need not be known.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.policies.policy import Policy

__all__ = ["shift_loss", "shifted_curvatures", "sideways"]


def sideways(frames: NDArray[Any], pixels: int) -> NDArray[Any]:
    """Return frames (M, H, W, 3) shifted to the right by so many pixels (to the left if negative).

    What comes in repeats the column at the border.
    """
    columns = np.clip(np.arange(frames.shape[2]) - pixels, 0, frames.shape[2] - 1)
    return np.ascontiguousarray(frames[:, :, columns])


def shifted_curvatures(policy: Policy, frames: NDArray[Any], states: Tensor, shift: int) -> Tensor:
    """Return curvatures (3, M) [1/m] for frames shifted to the left, as they are, and to the right.

    Each from the same states (M, S), one sample period later; with gradients, where they are wanted.
    """
    preprocessor, _ = policy.eyes
    views = np.concatenate([sideways(frames, pixels) for pixels in (-shift, 0, shift)])
    images = preprocessor.reduce(torch.from_numpy(views)).unsqueeze(1)
    curvatures: Tensor = policy.curvature_of(policy.features(images), states.repeat(3, 1)).view(3, len(frames))
    return curvatures


def shift_loss(curvatures: Tensor, turn: float) -> Tensor:
    """Return how far curvatures (3, M) of shifted views are from what they must be; 0 is none, 1 is no answer at all.

    Shifted to the right instead of to the left, the steering must change by ``turn`` [1/m], and the frame as it is must
    lie half-way.
    """
    left, straight, right = curvatures.unbind()
    change = (right - left) / turn - 1.0
    bend = (right + left - 2.0 * straight) / turn
    return (change.square() + bend.square()).mean()
