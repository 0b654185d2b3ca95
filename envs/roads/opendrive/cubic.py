"""Piecewise cubic functions of s, OpenDRIVE's way to say how anything changes along a road."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.roads.opendrive.document import Element
from wormdrive.envs.roads.opendrive.limits import MAX_COEFFICIENT, MAX_NUMBER

__all__ = ["PiecewiseCubic", "cubic_slopes", "cubic_values", "read_profile", "read_widths"]

_SEAM_M: Final = 0.01
"""A first record that begins this close to the start begins there."""


class PiecewiseCubic:
    """``a + b ds + c ds^2 + d ds^3`` with ``ds = s - start``, each record holding until the next one starts.

    Before the first record its value at the start holds; without any record the function is zero.

    Parameters
    ----------
    starts:
        (n,) ascending [m].
    coefficients:
        (n, 4): a, b, c, d.

    Attributes
    ----------
    level:
        The value, if it is the same everywhere; else None.
    """

    __slots__ = ("coefficients", "level", "starts")

    def __init__(self, starts: NDArray[np.float64], coefficients: NDArray[np.float64]) -> None:
        self.starts = starts
        self.coefficients = coefficients
        # most of a map's functions are constant: those are not worth a search
        rows = coefficients.tolist()
        first = rows[0][0] if rows else 0.0
        flat = all(a == first and not (b or c or d) for a, b, c, d in rows)
        self.level: float | None = first if flat else None

    def later(self, distance: float) -> PiecewiseCubic:
        """Return the same function of a station that is counted from ``distance`` [m] on."""
        return PiecewiseCubic(self.starts - distance, self.coefficients)

    @classmethod
    def constant(cls, value: float) -> PiecewiseCubic:
        """Make a function of the same value everywhere."""
        return cls(np.zeros(1), np.array([[value, 0.0, 0.0, 0.0]]))

    def __call__(self, s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at stations ``s`` [m], any shape."""
        if self.level is not None:
            return np.full(np.shape(s), self.level)
        records, ds = self._locate(s)
        return cubic_values(self.coefficients[records], ds)

    def slope(self, s: NDArray[np.float64]) -> NDArray[np.float64]:
        """First derivative at stations ``s``."""
        if self.level is not None:
            return np.zeros(np.shape(s))
        records, ds = self._locate(s)
        inside = np.asarray(s) >= self.starts[0]
        return np.asarray(np.where(inside, cubic_slopes(self.coefficients[records], ds), 0.0))

    def _locate(self, s: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        records = np.maximum(np.searchsorted(self.starts, s, side="right") - 1, 0)
        return records, np.maximum(np.asarray(s) - self.starts[records], 0.0)


def cubic_values(k: NDArray[np.float64], ds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at ``ds`` of cubics with coefficients ``k`` (..., 4)."""
    return np.asarray(k[..., 0] + ds * (k[..., 1] + ds * (k[..., 2] + ds * k[..., 3])))


def cubic_slopes(k: NDArray[np.float64], ds: NDArray[np.float64]) -> NDArray[np.float64]:
    """First derivatives at ``ds`` of cubics with coefficients ``k`` (..., 4)."""
    return np.asarray(k[..., 1] + ds * (2.0 * k[..., 2] + ds * 3.0 * k[..., 3]))


_NOTHING: Final = PiecewiseCubic(np.zeros(0), np.zeros((0, 4)))


def read_profile(parent: Element | None, tag: str) -> PiecewiseCubic:
    """Read records of a road that begin at attribute ``s``; before the first one the function is zero.

    Disorder is noted and sorted; records with a number that is none are noted and left out.
    """
    function = _NOTHING if parent is None else _read(parent, tag, "s")
    if parent is None or not len(function.starts) or function.starts[0] <= _SEAM_M:
        return function
    parent.note(f"the first {tag} begins at s={function.starts[0]:g}; zero before it")
    starts, coefficients = np.insert(function.starts, 0, 0.0), np.insert(function.coefficients, 0, 0.0, axis=0)
    return PiecewiseCubic(starts, coefficients)


def read_widths(lane: Element, tag: str) -> PiecewiseCubic:
    """Read records of a lane that begin at attribute ``sOffset``; the first one holds from the lane's start on.

    As ``read_profile`` otherwise.

    Raises
    ------
    MapError
        There are records, and none can be read.
    """
    function = _read(lane, tag, "sOffset")
    first = lane.child(tag)
    if not len(function.starts) and first is not None:
        first.number("sOffset", 0.0)
        for name in "abcd":
            first.number(name, 0.0, minimum=-MAX_COEFFICIENT, maximum=MAX_COEFFICIENT)
    if len(function.starts) and function.starts[0] > _SEAM_M:
        lane.note(f"the first {tag} begins at sOffset={function.starts[0]:g}; taken to hold before it")
    return function


def _read(parent: Element, tag: str, start: str) -> PiecewiseCubic:
    records = tuple([tuple([element.get(name) for name in (start, *"abcd")]) for element in parent.xml.findall(tag)])
    return _of_texts(records) or _read_faulty(list(parent.children(tag)), start)


@lru_cache(maxsize=4096)
def _of_texts(records: tuple[tuple[str | None, ...], ...]) -> PiecewiseCubic | None:
    """Make a function of records without fault, the same one for the same texts; None if there is any fault.

    Maps say the same again and again: one lane is as wide as the next.
    """
    rows: list[list[float]] = []
    try:
        for record in records:
            row = [0.0 if text is None else float(text) for text in record]
            # comparisons with NaN are false
            good = abs(row[0]) <= MAX_NUMBER and all(abs(value) <= MAX_COEFFICIENT for value in row[1:])
            if not good or (rows and row[0] < rows[-1][0]):
                return None
            rows.append(row)
    except ValueError:
        return None
    return _of_rows(rows)


def _read_faulty(elements: list[Element], start: str) -> PiecewiseCubic:
    rows: list[list[float]] = []
    for element in elements:
        bounds = {start: MAX_NUMBER} | dict.fromkeys("abcd", MAX_COEFFICIENT)
        wrong = [name for name, most in bounds.items() if not _bounded(element, name, most)]
        if wrong:
            values = ", ".join(f"{name}={element.text(name)[:40]!r}" for name in wrong)
            element.note(f"{values}: allowed are finite numbers; ignored")
            continue
        s, *coefficients = (float(element.xml.get(name, "0")) for name in (start, *"abcd"))
        rows.append([s, *coefficients])
        if len(rows) > 1 and s < rows[-2][0]:
            element.note(f"{start}={s:g} lies before the record ahead of it; sorted")
    rows.sort(key=lambda row: row[0])
    return _of_rows(rows)


def _bounded(element: Element, name: str, most: float) -> bool:
    return element.is_number(name) and abs(float(element.xml.get(name, "0"))) <= most


def _of_rows(rows: list[list[float]]) -> PiecewiseCubic:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    starts, coefficients = np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1:])
    for shared in (starts, coefficients):
        shared.flags.writeable = False
    return PiecewiseCubic(starts, coefficients)
