"""Mesh trees: the meshes that cameras show, sorted into nested boxes, so that a ray looks at few of their faces.

One tree serves all bodies of a shape, whatever their size: a ray is taken into the box that the mesh is drawn in, see
``mesh_builder``.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["MeshTrees", "mesh_trees"]

_LEAF: Final = 3
"""Faces in one box, at most."""


class MeshTrees(NamedTuple):
    """The trees of all shapes, one behind the other: shape k has nodes ``roots[k]`` to ``roots[k + 1]``.

    Attributes
    ----------
    roots:
        (SHAPES + 1,) int64.
    low, high:
        (N, 3) bounds of the nodes, as parts of the box that a mesh is drawn in.
    skip:
        (N,) int64: the node to go on with where a ray misses this one; after a hit it is the next.
    faces:
        (N + 1,) int64: a node's own faces begin here, and end where the next one's begin; only leaves have any.
    corners:
        (F, 4, 3) float64 as ``Mesh.corners``.
    closed:
        (SHAPES,) bool: faces show from outside only.
    reach:
        (SHAPES, 3) how far a mesh goes from the middle of its box along each axis, as part of the box.
    """

    roots: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    skip: NDArray[np.int64]
    faces: NDArray[np.int64]
    corners: NDArray[np.float64]
    closed: NDArray[np.bool_]
    reach: NDArray[np.float64]


@cache
def mesh_trees() -> MeshTrees:
    """Sort all meshes, once in a process."""
    from wormdrive.envs.rendering.scene.meshes.shapes import SHAPES, Shape, mesh_of

    growing = _Growing()
    roots, reach = [0], np.zeros((SHAPES, 3))
    for shape in range(SHAPES):
        corners = mesh_of(shape).corners.astype(np.float64)
        growing.add(corners)
        roots.append(len(growing.low))
        reach[shape] = np.abs(corners - (0.0, 0.0, 0.5)).max(axis=(0, 1))
    return MeshTrees(
        np.array(roots),
        np.array(growing.low),
        np.array(growing.high),
        np.array(growing.skip),
        np.array([*growing.faces, growing.count]),
        np.concatenate(growing.corners),
        np.arange(SHAPES) >= Shape.LIGHT,
        reach,
    )


class _Growing:
    """Trees as they are put together."""

    def __init__(self) -> None:
        self.low: list[NDArray[np.float64]] = []
        self.high: list[NDArray[np.float64]] = []
        self.skip: list[int] = []
        self.faces: list[int] = []
        self.corners: list[NDArray[np.float64]] = []
        self.count = 0

    def add(self, corners: NDArray[np.float64]) -> None:
        """Add a node for faces (K, 4, 3), halved along the longest way between their middles."""
        node = len(self.low)
        self.low.append(corners.min(axis=(0, 1)))
        self.high.append(corners.max(axis=(0, 1)))
        self.skip.append(node)
        self.faces.append(self.count)
        if len(corners) <= _LEAF:
            self.corners.append(corners)
            self.count += len(corners)
        else:
            middle = corners.mean(axis=1)
            order = np.argsort(middle[:, np.ptp(middle, axis=0).argmax()], kind="stable")
            half = len(corners) // 2
            self.add(corners[order[:half]])
            self.add(corners[order[half:]])
        self.skip[node] = len(self.low)
