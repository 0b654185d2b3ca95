"""Cross-section: what asphalt looks like across a lane on average, measured on pictures.

Shadows, repairs and cracks lie anywhere and average out over many pictures; what is left runs along the road: where
wheels have worn it and oil has dripped. On the asphalt of the embedded simulator in summer two bands, each 0.8 m off
the lane's middle, are 2 to 5 % darker than what lies beside them, which hardly shows in a single picture.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
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
_TREND_DEGREE: Final = 4
_TREND_WIDTH_M: Final = 6.0
_RIDGE: Final = 1e-3
"""Keeps the trend of a row determined that shows hardly any road."""


def mean_cross_section(images: Tensor, classes: Tensor, pose: RoadPose, rays: GroundRays) -> NDArray[np.float32]:
    """Average the asphalt of pictures over all that lies equally far across its lane: (BINS,) in [-1, 1], mean 0.

    Of each row of a picture only that counts which differs from the row's trend, a polynomial across the road, so that
    neither light nor lens nor distance matters. Marks and what is next to them are left out; adjacent lanes count as
    the car's own. A car is as wide to its left as to its right, so the halves are averaged: what is left of light from
    one side goes. The largest number is 1 or -1, whatever the contrast was.

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
    marks = (classes == int(SemanticLabel.ROAD_LINES)).float().unsqueeze(1)
    road = (classes == int(SemanticLabel.ROADS)) & (F.max_pool2d(marks, 3, 1, 1).squeeze(1) == 0)
    road &= rays.ground & (rays.forward_m < _NEAR_M)
    lateral = rays.lateral_m(pose)[0]
    relative = _without_trend(images.float().mean(1), lateral, road)
    across = lateral / pose.lane_width_m[0][:, None, None] + 0.5
    part = ((across - across.floor()) * BINS).long().clamp(0, BINS - 1)[road].numpy()
    count = np.bincount(part, minlength=BINS)
    if not count.all():
        raise ArgumentError(f"images: {np.count_nonzero(count)} parts of a lane are on them, allowed are all {BINS}")
    mean = np.bincount(part, relative[road].double().numpy(), BINS) / count
    mean = (mean + mean[::-1]) / 2.0
    mean -= mean.mean()
    greatest = np.abs(mean).max()
    if greatest == 0.0:
        raise ArgumentError("images: asphalt is alike across its lane, allowed is one that differs")
    return np.asarray(mean / greatest, np.float32)


def _without_trend(grey: Tensor, lateral: Tensor, road: Tensor) -> Tensor:
    """Return by what share of its row's trend each pixel is brighter, (N, h, w)."""
    weight = road.double()
    powers = torch.stack([(lateral.double() / _TREND_WIDTH_M) ** k for k in range(_TREND_DEGREE + 1)], -1)
    weighted = powers * weight.unsqueeze(-1)
    squares = weighted.transpose(-1, -2) @ powers + _RIDGE * torch.eye(_TREND_DEGREE + 1, dtype=torch.float64)
    trend: Tensor = powers @ torch.linalg.solve(squares, weighted.transpose(-1, -2) @ grey.double().unsqueeze(-1))
    fitted: Tensor = trend.squeeze(-1).clamp_min(_DARKEST)
    return grey / fitted - 1.0


def blurred(section: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a cross-section (BINS,) as seen from ever farther: (LEVELS, BINS)."""
    frequency = 2.0 * math.pi * np.fft.rfftfreq(BINS, _USUAL_LANE_M / BINS)
    sigma = BLUR_STEP_M * np.arange(LEVELS)[:, None]
    spectrum = np.fft.rfft(section.astype(np.float64)) * np.exp(-0.5 * (sigma * frequency) ** 2)
    return np.asarray(np.fft.irfft(spectrum, BINS), np.float32)
