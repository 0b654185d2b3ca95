"""Trajectory: the shape of the way that a policy's neurons go along a drive.

After Lechner, Hasani et al., *Neural circuit policies enabling auditable autonomy*, 2020, and Lechner et al. 2022, who
take the share of the first principal component for a sign of simple dynamics, and the largest rate of change for one of
their smoothness.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["Trajectory", "trajectory"]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Of A neurons over some drives.

    Attributes
    ----------
    principal_shares:
        (A,) shares of the variance along the principal components, the largest first; all 0 if nothing moves.
    phase:
        For each drive (T, 2) float64: the neurons' way in the plane of the first two components.
    range_:
        (A,) from the least to the greatest activity.
    fastest_per_s:
        (A,) greatest change of activity from frame to frame, as a share of the range a second; 0 where nothing moves.
    """

    principal_shares: NDArray[np.float64]
    phase: tuple[NDArray[np.float64], ...]
    range_: NDArray[np.float64]
    fastest_per_s: NDArray[np.float64]


def trajectory(drives: Sequence[TracedDrive]) -> Trajectory:
    """Measure the way of the neurons over all of some drives of one policy."""
    parts = [drive.activity.astype(np.float64) for drive in drives]
    whole = np.concatenate(parts)
    centre, range_ = whole.mean(0), np.ptp(whole, axis=0)
    _, sizes, axes = np.linalg.svd(whole - centre, full_matrices=False)
    shares = np.zeros(whole.shape[1])
    if sizes.any():
        shares[: len(sizes)] = sizes**2 / (sizes**2).sum()
    steps = [
        np.abs(np.diff(part, axis=0)).max(0, initial=0.0) / drive.episode.dt_s
        for part, drive in zip(parts, drives, strict=True)
    ]
    fastest = np.divide(np.max(steps, axis=0), range_, out=np.zeros_like(range_), where=range_ > 0)
    return Trajectory(shares, tuple((part - centre) @ axes[:2].T for part in parts), range_, fastest)
