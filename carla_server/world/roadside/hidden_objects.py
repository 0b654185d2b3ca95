"""Hidden objects: pieces of scenery that a client has taken out of sight, and out of everybody's way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["HiddenObjects", "object_number", "object_numbers", "places_of"]

_GRAIN_M: Final = 0.01
_HALF_RANGE: Final = 2**31
_GROWING: Final = (6, 9)
"""Classes of what grows and stands along roads: posts, vegetation."""
_MOST: Final = 100_000
"""Objects that can be hidden at once."""


def object_number(x_m: float, y_m: float, tag: int) -> int:
    """Return the number of the object of a class at a place, the same whoever asks."""
    number = 0
    for value in (x_m, y_m):
        number = (number << 32) | ((round(value / _GRAIN_M) + _HALF_RANGE) % 2**32)
    return number ^ tag  # lamps and plates are where their posts are


def object_numbers(x_m: NDArray[np.float64], y_m: NDArray[np.float64], tags: NDArray[np.int64]) -> list[int]:
    """As ``object_number``, of many."""
    table = zip(x_m.tolist(), y_m.tolist(), tags.tolist(), strict=True)
    return [object_number(x, y, int(tag)) for x, y, tag in table]


def places_of(numbers: frozenset[int]) -> NDArray[np.float64]:
    """Return places (N, 2) of trees, bushes and marker posts among objects [m], and of others that might be."""
    found = []
    for number in sorted(numbers):
        for tag in _GROWING:
            x, y = (number ^ tag) >> 32, (number ^ tag) & 0xFFFFFFFF
            found.append(((x - _HALF_RANGE) * _GRAIN_M, (y - _HALF_RANGE) * _GRAIN_M))
    return np.array(found, np.float64).reshape(-1, 2)


class HiddenObjects:
    """The objects that are hidden now.

    Attributes
    ----------
    numbers:
        Theirs; another set with every change.
    """

    def __init__(self) -> None:
        self.numbers: frozenset[int] = frozenset()

    def change(self, numbers: Iterable[int], *, hidden: bool) -> None:
        """Hide objects, or show them again; what is there already stays so."""
        changed = self.numbers | set(numbers) if hidden else self.numbers - set(numbers)
        if len(changed) <= _MOST:
            self.numbers = frozenset(changed)

    def shown(self, numbers: list[int]) -> NDArray[np.bool_]:
        """Say (N,) which of some objects are not hidden."""
        return np.array([number not in self.numbers for number in numbers], np.bool_)
