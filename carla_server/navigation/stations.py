"""Stations: where to cut a strip into polygons, so that straight edges stay close to the curves."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["chosen_stations"]

ASIDE_M: Final = 0.12
HIGH_M: Final = 0.08
"""How far edges may be from the curves, in the plane and in height."""
LONGEST_M: Final = 40.0


def chosen_stations(
    s: NDArray[np.float64], curves: NDArray[np.float64], needed: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Choose some of the stations ``s`` (n,) of curves (k, n, 3): the needed ones, and as few others as will do."""
    chosen = np.flatnonzero(needed).tolist()
    open_spans = list(pairwise(chosen))
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        part = ((s[first + 1 : last] - s[first]) / max(s[last] - s[first], 1e-9))[:, None]
        begin, end = curves[:, first, None], curves[:, last, None]
        off = np.abs(curves[:, first + 1 : last] - begin - part * (end - begin))
        worst = np.maximum(np.hypot(off[..., 0], off[..., 1]) / ASIDE_M, off[..., 2] / HIGH_M).max(axis=0)
        if worst.max() > 1.0:
            middle = first + 1 + int(worst.argmax())
        elif s[last] - s[first] > LONGEST_M:
            middle = (first + last) // 2
        else:
            continue
        chosen.append(middle)
        open_spans += [(first, middle), (middle, last)]
    return np.array(sorted(chosen), np.int64)
