"""Video: what the camera saw in one drive, where the policy looked, and what its neurons did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["DriveVideo"]


@dataclass(frozen=True, eq=False)
class DriveVideo:
    """Part of a drive, for people.

    Attributes
    ----------
    season, weather:
        The condition.
    end_reason:
        Why the drive ended; empty if the video stopped before.
    fps:
        Pictures per second of ``frames`` and ``saliency``.
    frames:
        (T, H, W, 3) uint8 RGB; H and W even.
    saliency:
        (T, h, w) float32 in [0, 1], or ``None`` for a driver without eyes.
    dt_s:
        Time between samples of ``activity`` and ``curvature`` [s].
    activity:
        (S, N) float32: the neurons' states in the wiring's state order; ``None`` for a driver without a wiring.
    curvature:
        (S,) float32 of the lane [1/m].
    """

    season: str
    weather: str
    end_reason: str
    fps: float
    frames: NDArray[np.uint8]
    saliency: NDArray[np.float32] | None
    dt_s: float
    activity: NDArray[np.float32] | None
    curvature: NDArray[np.float32]
