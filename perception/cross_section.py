"""Cross-section: what asphalt looks like across a lane on average, measured on pictures.

Shadows, repairs and cracks lie anywhere and average out over many pictures; what is left runs along the road: where
wheels have worn it and oil has dripped. On the asphalt of the embedded simulator in summer two bands, each 0.7 m off
the lane's middle, are some 5 % darker than the rest, which hardly shows in a single picture.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.perception.augment_geometry import GroundRays, RoadPose

__all__ = ["BINS", "BLUR_STEP_M", "LEVELS", "blurred", "mean_cross_section"]

BINS: Final = 64
"""Equal parts of a lane's width, from its right border to its left one."""
LEVELS: Final = 16
BLUR_STEP_M: Final = 0.1
"""Level k of ``blurred`` is as seen from so far that a pixel blurs it with a deviation of k steps [m]."""

_NEAR_M: Final = 12.0
_USUAL_LANE_M: Final = 3.5
_DARKEST: Final = 0.02


def mean_cross_section(images: Tensor, classes: Tensor, pose: RoadPose, rays: GroundRays) -> NDArray[np.float32]:
    """Average the asphalt of pictures over all that lies equally far across its lane: (BINS,) in [-1, 1], mean 0.

    Each row counts relative to its own mean, so that neither light nor distance matters; marks and what is next to them
    are left out; adjacent lanes count as the car's own. The largest number is 1 or -1, whatever the contrast was.

    Parameters
    ----------
    images:
        (N, C, h, w) in [0, 1]; the mean over channels counts.
    classes:
        (N, h, w) uint8.
    pose:
        Of (1, N) frames.

    Raises
    ------
    ArgumentError
        If some part of a lane is on no picture, or all parts are alike.
    """
    grey = images.float().mean(1)
    marks = (classes == int(SemanticLabel.ROAD_LINES)).float().unsqueeze(1)
    road = (classes == int(SemanticLabel.ROADS)) & (F.max_pool2d(marks, 3, 1, 1).squeeze(1) == 0)
    road &= rays.ground & (rays.forward_m < _NEAR_M)
    row = (grey * road).sum(2, keepdim=True) / road.sum(2, keepdim=True).clamp_min(1)
    relative = grey / row.clamp_min(_DARKEST) - 1.0
    across = rays.lateral_m(pose)[0] / pose.lane_width_m[0][:, None, None] + 0.5
    part = ((across - across.floor()) * BINS).long().clamp(0, BINS - 1)[road].numpy()
    count = np.bincount(part, minlength=BINS)
    if not count.all():
        raise ArgumentError(f"images: {np.count_nonzero(count)} parts of a lane are on them, allowed are all {BINS}")
    mean = np.bincount(part, relative[road].double().numpy(), BINS) / count
    mean -= mean.mean()
    greatest = np.abs(mean).max()
    if greatest == 0.0:
        raise ArgumentError("images: asphalt is alike across its lane, allowed is one that differs")
    return np.asarray(mean / greatest, np.float32)


def blurred(section: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a cross-section (BINS,) as seen from ever farther: (LEVELS, BINS)."""
    frequency = 2.0 * math.pi * np.fft.rfftfreq(BINS, _USUAL_LANE_M / BINS)
    sigma = BLUR_STEP_M * np.arange(LEVELS)[:, None]
    spectrum = np.fft.rfft(section.astype(np.float64)) * np.exp(-0.5 * (sigma * frequency) ** 2)
    return np.asarray(np.fft.irfft(spectrum, BINS), np.float32)
