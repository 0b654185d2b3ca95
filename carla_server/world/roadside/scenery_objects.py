"""Scenery objects: what the scenery shows, as pictures for rays, as boxes, as trunks for vehicles, as wholes by name.

Rays meet the pictures themselves. To obstacle detectors an object is one or two upright boxes: a trunk and a crown, a
bush, a clump of wood, a post. Vehicles are stopped by trunks and posts; they drive through leaves. A clump of wood has
several trunks, which its picture does not single out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.seasons.art.layout import Sprite

__all__ = [
    "BOX_FIELDS",
    "CELLS",
    "CELL_M",
    "PICTURE_FIELDS",
    "TRUNK_FIELDS",
    "Trunks",
    "boxes_of",
    "pictures_of",
    "trunks_of",
    "wholes_of",
]

Array = NDArray[np.float64]

BOX_FIELDS: Final = 6
"""Columns of a box: x, y, z of its middle, half width, half height [m], class number."""
(
    PICTURE_X, PICTURE_Y, PICTURE_Z, PICTURE_SPRITE, PICTURE_WIDE, PICTURE_TALL, PICTURE_MIRRORED, PICTURE_CLASS,
    PICTURE_RANGE,
) = range(9)  # fmt: skip
PICTURE_FIELDS: Final = 9
"""Columns of a picture: place of the foot [m], ``Sprite``, size [m], mirrored, class number, how far it shows [m]."""
TRUNK_FIELDS: Final = 6
"""Columns of a trunk: x, y, z of its foot, radius, height [m], class number."""
CELL_M: Final = 8.0
CELLS: Final = 8
"""Trunks of a tile are sorted into 8 x 8 cells, row by row from the south."""

_POST_HALF_M: Final = 0.06
_TRUNK_HALF_M: Final = 0.17
_STEM_AND_CROWN: Final = ((0.0, 0.0, 0.35), (0.33, 0.3, 0.95))
_CONIFER: Final = ((0.0, 0.0, 0.2), (0.26, 0.12, 0.85))
_SOLID: Final = ((0.36, 0.0, 0.9),)
_BOXES: Final[Mapping[Sprite, tuple[tuple[float, float, float], ...]]] = MappingProxyType(
    {
        Sprite.BROADLEAF_0: _STEM_AND_CROWN,
        Sprite.BROADLEAF_1: _STEM_AND_CROWN,
        Sprite.BROADLEAF_2: _STEM_AND_CROWN,
        Sprite.BIRCH: _STEM_AND_CROWN,
        Sprite.CONIFER_0: _CONIFER,
        Sprite.CONIFER_1: _CONIFER,
        Sprite.BUSH: _SOLID,
        Sprite.CLUMP_BROADLEAF: _SOLID,
        Sprite.CLUMP_CONIFER: _SOLID,
        Sprite.POST: ((0.0, 0.0, 0.95),),
    }
)
"""Boxes of an object: half width by the picture's width (0: a stem), from and to by its height."""
_TRUNKS_IN_A_CLUMP: Final = 5
_CLUMP_SPREAD: Final = 0.2
"""How far from its middle they stand, by the picture's width."""


class Trunks(NamedTuple):
    """Trunks and posts of a tile: rows (N, TRUNK_FIELDS), and at which the cells begin (CELLS * CELLS + 1,)."""

    rows: Array
    first: NDArray[np.int64]


def boxes_of(places: Array) -> Array:
    """Turn a tile's list of objects (``world_scenery.PLACE_FIELDS``) into boxes (N, BOX_FIELDS)."""
    from wormdrive.envs.rendering.scene.terrain import world_scenery as scenery

    boxes = [np.zeros((0, BOX_FIELDS))]
    for sprite, parts in _BOXES.items():
        one = places[places[:, scenery.KIND] == sprite]
        for part in parts:
            boxes.append(_part(one, _stem(sprite), part))
    return np.concatenate(boxes)


def pictures_of(places: Array) -> Array:
    """Turn a tile's list into pictures (N, PICTURE_FIELDS)."""
    from wormdrive.envs.rendering.scene.terrain import world_scenery as scenery

    columns = (
        scenery.PLACE_X, scenery.PLACE_Y, scenery.PLACE_Z, scenery.KIND, scenery.WIDE, scenery.TALL, scenery.MIRRORED,
        scenery.CLASS, scenery.RANGE,
    )  # fmt: skip
    return places[np.isin(places[:, scenery.KIND], list(_BOXES))][:, columns]


def wholes_of(places: Array) -> Array:
    """Turn a tile's list into one box (N, BOX_FIELDS) an object, which holds its parts."""
    from wormdrive.envs.rendering.scene.terrain import world_scenery as scenery

    boxes = [np.zeros((0, BOX_FIELDS))]
    for sprite, parts in _BOXES.items():
        one = places[places[:, scenery.KIND] == sprite]
        widest, _, end = parts[-1]
        boxes.append(_part(one, _stem(sprite), (widest, 0.0, end)))
    return np.concatenate(boxes)


def trunks_of(places: Array, west: float, south: float) -> Trunks:
    """Turn a tile's list into trunks; those of a clump stay in the tile whose corner is (west, south) [m]."""
    from wormdrive.envs.rendering.scene.terrain import world_scenery as scenery

    found = [np.zeros((0, TRUNK_FIELDS))]
    for sprite in _BOXES:
        one = places[places[:, scenery.KIND] == sprite]
        if sprite == Sprite.BUSH:
            continue
        clump = sprite in (Sprite.CLUMP_BROADLEAF, Sprite.CLUMP_CONIFER)
        for k in range(_TRUNKS_IN_A_CLUMP if clump else 1):
            x, y = one[:, scenery.PLACE_X], one[:, scenery.PLACE_Y]
            if k > 0:
                angle = x + y + 2.0 * math.pi * k / (_TRUNKS_IN_A_CLUMP - 1)  # no two clumps alike
                away = _CLUMP_SPREAD * one[:, scenery.WIDE] * (0.6 if k % 2 else 1.0)
                x = np.clip(x + away * np.cos(angle), west, west + CELLS * CELL_M - 1e-6)
                y = np.clip(y + away * np.sin(angle), south, south + CELLS * CELL_M - 1e-6)
            radius = np.full(len(one), _stem(sprite))
            columns = (x, y, one[:, scenery.PLACE_Z], radius, one[:, scenery.TALL], one[:, scenery.CLASS])
            found.append(np.stack(columns, axis=1))
    rows = np.concatenate(found)
    cell = np.floor((rows[:, 1] - south) / CELL_M) * CELLS + np.floor((rows[:, 0] - west) / CELL_M)
    cell = np.clip(cell, 0, CELLS * CELLS - 1).astype(np.int64)
    order = np.argsort(cell, kind="stable")
    first = np.searchsorted(cell[order], np.arange(CELLS * CELLS + 1))
    return Trunks(np.ascontiguousarray(rows[order]), first.astype(np.int64))


def _stem(sprite: Sprite) -> float:
    return _POST_HALF_M if sprite == Sprite.POST else _TRUNK_HALF_M


def _part(one: Array, stem: float, part: tuple[float, float, float]) -> Array:
    """Boxes of one part of the objects of one kind."""
    from wormdrive.envs.rendering.scene.terrain import world_scenery as scenery

    breadth, begin, end = part
    tall, wide = one[:, scenery.TALL], one[:, scenery.WIDE]
    half = np.where(breadth > 0.0, breadth * wide, stem)
    middle = one[:, scenery.PLACE_Z] + 0.5 * (begin + end) * tall
    columns = (one[:, scenery.PLACE_X], one[:, scenery.PLACE_Y], middle, half, 0.5 * (end - begin) * tall)
    return np.stack([*columns, one[:, scenery.CLASS]], axis=1)
