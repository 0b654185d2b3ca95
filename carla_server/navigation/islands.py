"""Islands: pieces that nobody reaches and that are too small to walk on are left out."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.carla_server.navigation.mesh import NONE, Area, NavMesh, neighbours_of

__all__ = ["islands_of", "without_islets"]

SMALL_M2: Final = 40.0
SHARE: Final = 0.2
"""An islet is smaller than this, and than this part of the largest island."""


def islands_of(mesh: NavMesh) -> NDArray[np.int64]:
    """Return the number (P,) of the piece that each polygon is part of, for who keeps off roads; -1 for roads."""
    beyond = neighbours_of(mesh.polygons)
    dry = mesh.areas != Area.ROAD
    passable = (beyond != NONE) & dry[beyond] & dry[:, None]
    ways = [row[open_].tolist() for row, open_ in zip(beyond, passable, strict=True)]
    back: list[list[int]] = [[] for _ in ways]
    for number, targets in enumerate(ways):
        for target in targets:
            back[target].append(number)
    islands = np.full(len(mesh.polygons), NONE, np.int64)
    count = 0
    for start in np.flatnonzero(dry).tolist():
        if islands[start] != NONE:
            continue
        islands[start], stack = count, [start]
        while stack:
            number = stack.pop()
            for other in (*ways[number], *back[number]):
                if islands[other] == NONE:
                    islands[other] = count
                    stack.append(other)
        count += 1
    return islands


def without_islets(mesh: NavMesh) -> NavMesh:
    """Leave out pieces that are small and do not hang together with others; roads stay."""
    islands = islands_of(mesh)
    if islands.max(initial=NONE) < 0:
        return mesh
    sizes = np.bincount(islands[islands >= 0], weights=mesh.sizes_m2[islands >= 0])
    large = sizes >= min(SMALL_M2, SHARE * float(sizes.max()))
    return mesh.part((islands < 0) | large[islands])
