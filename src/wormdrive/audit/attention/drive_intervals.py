"""Drive intervals: how far a mean over frames may be from that over all such drives, frames of one drive being alike.

Drives are the units, not frames: two pictures of one drive show the same road. What is asked for is the mean over new
drives in the same seasons, so that seasons are strata; those of which there is one drive alone count as one stratum.
With as few drives as an audit has a bootstrap of them would be too narrow: hence Student's interval of the ratio of
sums, with Satterthwaite's degrees of freedom.

Source: Cochran, Sampling Techniques (1977), 6.11 and 5A.12; Satterthwaite, Biometrics Bull. 2 (1946) 110.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

__all__ = ["Ends", "share_interval"]

Ends = tuple[float, float]

_LEVEL = 0.95


def share_interval(shares: NDArray[np.float64], drives: NDArray[np.integer], seasons: Sequence[str]) -> Ends | None:
    """Return the 95 % interval of the mean of shares (M,) in [0, 1], each of a drive and a season.

    ``None`` where drives are too few to tell: there must be two, and two of those that are alone in their season.
    """
    units: dict[str, list[NDArray[np.intp]]] = {}
    for drive in np.unique(drives):
        frames = np.flatnonzero(drives == drive)
        units.setdefault(seasons[int(frames[0])], []).append(frames)
    alone = [of[0] for of in units.values() if len(of) == 1]
    strata = [of for of in units.values() if len(of) > 1] + ([alone] if alone else [])
    if any(len(of) == 1 for of in strata):
        return None
    variances = np.array([_variance(shares, of) for of in strata]) / len(shares) ** 2
    variance, mean = float(variances.sum()), float(shares.mean())
    if not variance:
        return mean, mean
    freedom = variance**2 / float((variances**2 / [len(of) - 1 for of in strata]).sum())
    half = float(stdtrit(freedom, (1.0 + _LEVEL) / 2.0)) * variance**0.5
    return max(mean - half, 0.0), min(mean + half, 1.0)


def _variance(shares: NDArray[np.float64], drives: Sequence[NDArray[np.intp]]) -> float:
    """Variance of a stratum's sum, of drives that may have different numbers of frames."""
    mean = float(shares[np.concatenate(drives)].mean())
    left = np.array([float((shares[frames] - mean).sum()) for frames in drives])
    return float((left**2).sum()) * len(drives) / (len(drives) - 1)
