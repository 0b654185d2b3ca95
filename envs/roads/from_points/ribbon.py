"""Ribbon: a road as a strip of quadrilaterals, and where it lies on itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from wormdrive.envs.roads.opendrive.curves import Array

__all__ = ["Ribbon"]

_AT_ONCE: Final = 256
_TOUCH_M: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Ribbon:
    """Left and right edge (n, 2) of a strip along places (n, 2), one beside the other [m]."""

    left: Array
    right: Array
    middle: Array

    @staticmethod
    def along(x: Array, y: Array, half_width_m: Array | float) -> Ribbon:
        """Lay a strip along places (n,); the direction at a place is that from its neighbours."""
        middle = np.stack([x, y], axis=1)
        ahead = np.gradient(middle, axis=0)
        ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-12)[:, None]
        aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) * np.reshape(half_width_m, (-1, 1))
        return Ribbon(middle + aside, middle - aside, middle)

    def first_overlap(self) -> int | None:
        """Return the first quadrilateral, by its start, that folds or lies on one that is no neighbour.

        Quadrilaterals that only touch do not overlap. A strip that lies on itself many times over takes no longer.
        """
        quads = np.stack([self.left[:-1], self.left[1:], self.right[1:], self.right[:-1]], axis=1)
        along = np.diff(self.middle, axis=0)
        folds = ((np.diff(self.left, axis=0) * along).sum(axis=1) <= 0.0) | (
            (np.diff(self.right, axis=0) * along).sum(axis=1) <= 0.0
        )
        centre = quads.mean(axis=1)
        reach = 2.0 * float(np.hypot(*(quads - centre[:, None]).transpose(2, 0, 1)).max())
        tree = cKDTree(centre)
        for first in range(0, len(quads), _AT_ONCE):
            some = np.arange(first, min(first + _AT_ONCE, len(quads)))
            near = tree.query_ball_point(centre[some], reach)
            one = np.repeat(some, [len(found) for found in near])
            other = np.concatenate([np.asarray(found, np.intp) for found in near])
            apart = other - one >= 2
            one, other = one[apart], other[apart]
            hit = np.concatenate([some[folds[some]], one[_overlap(quads[one], quads[other])]])
            if len(hit):
                return int(hit.min())
        return None


def _overlap(one: Array, other: Array) -> NDArray[np.bool_]:
    """Whether pairs of convex quadrilaterals (m, 4, 2) overlap: no side of either parts them (separating axes)."""
    together = np.ones(len(one), np.bool_)
    for sides in (one, other):
        edge = np.roll(sides, -1, axis=1) - sides
        axis = np.stack([-edge[..., 1], edge[..., 0]], axis=-1)
        axis /= np.maximum(np.hypot(axis[..., 0], axis[..., 1]), 1e-12)[..., None]
        a, b = np.einsum("mkd,mcd->mkc", axis, one), np.einsum("mkd,mcd->mkc", axis, other)
        shared = np.minimum(a.max(axis=2), b.max(axis=2)) - np.maximum(a.min(axis=2), b.min(axis=2))
        together &= (shared > _TOUCH_M).all(axis=1)
    return together
