"""Bodies: what vehicles may drive into besides one another, gathered for one frame."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.world.vehicles import fleet as rows

__all__ = ["Bodies", "posts"]

Array = NDArray[np.float64]

SLACK_M: Final = 4.0
"""A post bars the way this far below its foot and at least this far above: beside the road vehicles keep the road's
height, the land does not."""


class Bodies(NamedTuple):
    """K bodies; those that can be moved come before all others.

    Attributes
    ----------
    numbers:
        (ROWS, K) float64 as ``Fleet.numbers``; posts have no half width.
    before:
        (3, K) x, y [m] and heading [rad] at the beginning of the frame.
    movable:
        (K,) bool.
    ids:
        (K,) int64; 0 for what has none.
    tags:
        (K,) int64 class numbers of CARLA's.
    """

    numbers: Array
    before: Array
    movable: NDArray[np.bool_]
    ids: NDArray[np.int64]
    tags: NDArray[np.int64]

    @classmethod
    def fixed(cls, numbers: Array, tags: NDArray[np.int64]) -> Bodies:
        """Return bodies without ids that nothing moves."""
        none = np.zeros(numbers.shape[1], np.int64)
        return cls(numbers, numbers[rows.X : rows.PSI + 1].copy(), none.astype(np.bool_), none, tags)

    @classmethod
    def joined(cls, parts: list[Bodies]) -> Bodies | None:
        """Put bodies together, in order; None where there are none."""
        parts = [part for part in parts if len(part.ids)]
        if len(parts) < 2:
            return parts[0] if parts else None
        return cls(
            np.concatenate([part.numbers for part in parts], axis=1),
            np.concatenate([part.before for part in parts], axis=1),
            np.concatenate([part.movable for part in parts]),
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.tags for part in parts]),
        )


def posts(table: Array) -> Bodies:
    """Make bodies of rows x, y, z of the foot, radius, height [m], class number."""
    numbers = np.zeros((rows.ROWS, len(table)))
    numbers[rows.X], numbers[rows.Y] = table[:, 0], table[:, 1]
    numbers[rows.Z] = table[:, 2] - SLACK_M
    numbers[rows.HALF_LENGTH] = table[:, 3]
    numbers[rows.HALF_HEIGHT] = 0.5 * (SLACK_M + np.maximum(table[:, 4], SLACK_M))
    numbers[[rows.MASS, rows.INERTIA]] = 1.0
    return Bodies.fixed(numbers, table[:, 5].astype(np.int64))
