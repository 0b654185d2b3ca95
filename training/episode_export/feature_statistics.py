"""Feature statistics: what LeRobot's policies normalise by, exact, of numbers and of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["PictureStatistics", "Statistics", "of_numbers"]

Statistics = dict[str, NDArray[Any]]
"""``min``, ``max``, ``mean``, ``std``, quantiles ``q01`` to ``q99`` and ``count``."""

_QUANTILES: Final = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
_LEVELS: Final = 256


def of_numbers(values: NDArray[Any]) -> Statistics:
    """Return the statistics of T frames of D numbers (T, D), arrays (D,)."""
    real = values.astype(np.float64)
    return {
        "min": real.min(0),
        "max": real.max(0),
        "mean": real.mean(0),
        "std": real.std(0),
        **{name: np.quantile(real, share, axis=0) for name, share in _QUANTILES.items()},
        "count": np.array([len(real)]),
    }


class PictureStatistics:
    """Counts how often each level of each channel is seen, in any number of pictures."""

    def __init__(self, parts: Sequence[PictureStatistics] = ()) -> None:
        self._seen: NDArray[np.int64] = np.zeros((3, _LEVELS), np.int64)
        self._pictures = 0
        for part in parts:
            self._seen += part._seen
            self._pictures += part._pictures

    def add(self, pictures: NDArray[np.uint8]) -> None:
        """Count pictures (M, H, W, 3)."""
        for channel in range(3):
            self._seen[channel] += np.bincount(pictures[..., channel].reshape(-1), minlength=_LEVELS)
        self._pictures += len(pictures)

    def result(self) -> Statistics:
        """Return the statistics of all that was counted, of values in [0, 1], arrays (3, 1, 1)."""
        level = np.arange(_LEVELS) / (_LEVELS - 1)
        share = self._seen / self._seen.sum(1, keepdims=True)
        mean = share @ level
        below = np.cumsum(share, 1)
        found = {
            "min": level[(self._seen > 0).argmax(1)],
            "max": level[_LEVELS - 1 - (self._seen > 0)[:, ::-1].argmax(1)],
            "mean": mean,
            "std": np.sqrt(np.maximum(share @ level**2 - mean**2, 0.0)),
            **{name: level[(below >= of).argmax(1)] for name, of in _QUANTILES.items()},
        }
        return {
            **{name: value.reshape(3, 1, 1) for name, value in found.items()},
            "count": np.array([self._pictures]),
        }
