"""Piecewise cubic functions of s, OpenDRIVE's way to say how anything changes along a road."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.limits import MAX_COEFFICIENT

__all__ = ["PiecewiseCubic", "read_cubics"]


class PiecewiseCubic:
    """``a + b ds + c ds^2 + d ds^3`` with ``ds = s - start``, each record holding until the next one starts.

    Before the first record its value at the start holds; without any record the function is zero.

    Parameters
    ----------
    starts:
        (n,) ascending [m].
    coefficients:
        (n, 4): a, b, c, d.
    """

    __slots__ = ("_level", "coefficients", "starts")

    def __init__(self, starts: NDArray[np.float64], coefficients: NDArray[np.float64]) -> None:
        self.starts = starts
        self.coefficients = coefficients
        # most of a map's functions are constant: those are not worth a search
        first = coefficients[0, 0] if len(coefficients) else 0.0
        flat = not coefficients[:, 1:].any() and bool((coefficients[:, 0] == first).all())
        self._level: float | None = float(first) if flat else None

    @classmethod
    def constant(cls, value: float) -> PiecewiseCubic:
        """Make a function of the same value everywhere."""
        return cls(np.zeros(1), np.array([[value, 0.0, 0.0, 0.0]]))

    def __call__(self, s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at stations ``s`` [m], any shape."""
        if self._level is not None:
            return np.full(np.shape(s), self._level)
        records, ds = self._locate(s)
        k = self.coefficients[records]
        return np.asarray(k[..., 0] + ds * (k[..., 1] + ds * (k[..., 2] + ds * k[..., 3])))

    def slope(self, s: NDArray[np.float64]) -> NDArray[np.float64]:
        """First derivative at stations ``s``."""
        if self._level is not None:
            return np.zeros(np.shape(s))
        records, ds = self._locate(s)
        k = self.coefficients[records]
        inside = np.asarray(s) >= self.starts[0]
        return np.asarray(np.where(inside, k[..., 1] + ds * (2.0 * k[..., 2] + ds * 3.0 * k[..., 3]), 0.0))

    def _locate(self, s: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        records = np.maximum(np.searchsorted(self.starts, s, side="right") - 1, 0)
        return records, np.maximum(np.asarray(s) - self.starts[records], 0.0)


def read_cubics(elements: Iterable[Element], start: str) -> PiecewiseCubic:
    """Read records with attributes ``a b c d`` that begin at attribute ``start``; disorder is noted and sorted.

    A record with a coefficient that is no finite number is an error, unless another one takes its place at once.
    """
    listed = list(elements)
    records: list[tuple[float, float, float, float, float]] = []
    for k, element in enumerate(listed):
        s = element.number(start, 0.0)
        if not all(element.is_number(name) for name in "abcd"):
            superseded = k + 1 < len(listed) and listed[k + 1].text(start) == element.text(start)
            if superseded:
                element.note("a coefficient is no finite number; ignored, as the next record starts there too")
                continue
        a, b, c, d = (element.number(name, 0.0, minimum=-MAX_COEFFICIENT, maximum=MAX_COEFFICIENT) for name in "abcd")
        records.append((s, a, b, c, d))
        if len(records) > 1 and s < records[-2][0]:
            element.note(f"{start}={s:g} lies before the record ahead of it; sorted")
    records.sort(key=lambda record: record[0])
    table = np.array(records, dtype=np.float64).reshape(-1, 5)
    return PiecewiseCubic(np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1:]))
