"""House mesh: houses with gable roofs and blocks of flats with flat ones; the front, with the door, is on the right.

All faces look outward, so that those turned away need not be drawn.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from wormdrive.envs.rendering.scene.meshes.mesh_builder import (
    CLOTH,
    FINE,
    FINEST,
    FLAT_ROOF,
    GLASS,
    LIT_WINDOW,
    PLINTH,
    ROOF,
    TRIM,
    WHITE,
    Mesh,
    MeshBuilder,
    Point,
)

__all__ = ["FLOOR_M", "GABLE_M", "flats", "house"]

FLOOR_M: Final = 2.9
GABLE_M: Final = 3.0
"""Of a storey, and of a gable roof above the highest one."""
_PLINTH_M: Final = 0.45
_PARAPET_M, _HUT_M = 0.7, 0.9
_FLAT_FLOOR_M: Final = 3.1
_RIDGE: Final = 0.96
"""By the box: the rest is the chimney's."""
_WALL: Final = 0.46
"""Half width of the walls by that of the box: the rest is eaves."""
_PROUD: Final = 0.004
_LIT: Final = 0.3


class _Facade:
    """Puts windows and doors on a wall; ``corner`` is its lower left and ``along`` its direction, seen from outside."""

    def __init__(self, build: MeshBuilder, corner: Point, along: Point, outward: Point) -> None:
        self._build, self._corner, self._along, self._outward = build, corner, along, outward

    def panel(self, material: int, middle: float, width: float, low: float, high: float, layer: int) -> None:
        """Add a rectangle: its middle and width by the wall's length, its height by the box's."""
        ends = middle - 0.5 * width, middle + 0.5 * width
        (x, y, _), (ax, ay, _), (ox, oy, _) = self._corner, self._along, self._outward
        off = layer * _PROUD

        def at(part: float, z: float) -> Point:
            return x + part * ax + off * ox, y + part * ay + off * oy, z

        self._build.add(material, at(ends[0], low), at(ends[1], low), at(ends[1], high), at(ends[0], high))

    def window(self, middle: float, width: float, low: float, high: float, lit: bool) -> None:
        """Add a pane in a white frame."""
        rim = 0.14 * (high - low)
        self.panel(FINEST + WHITE, middle, 1.24 * width, low - rim, high + rim, 1)
        self.panel(FINE + (LIT_WINDOW if lit else GLASS), middle, width, low, high, 2)


def house(storeys: int, seed: int) -> Mesh:
    """Build a house; ``seed`` says behind which windows there is light at night."""
    draw = np.random.default_rng(seed)
    build = MeshBuilder()
    tall = storeys * FLOOR_M + GABLE_M
    eaves, floor = (storeys * FLOOR_M + 0.25) / tall, FLOOR_M / tall
    for facade, kind in _walls(build, eaves, _PLINTH_M / tall):
        columns = (0.14, 0.38, 0.62, 0.86) if kind in ("front", "back") else (0.28, 0.72)
        width = 0.10 if len(columns) == 4 else 0.13
        for storey in range(storeys):
            for k, middle in enumerate(columns):
                if kind == "front" and storey == 0 and k == 1:
                    facade.panel(FINEST + WHITE, middle + 0.12, 0.13, 0.0, 0.80 * floor, 1)
                    facade.panel(FINE + TRIM, middle + 0.12, 0.10, 0.02 * floor, 0.76 * floor, 2)
                elif not (kind == "front" and storey == 0 and k == 2):
                    low = (storey + 0.36) * floor
                    facade.window(middle, width, low, low + 0.44 * floor, draw.random() < _LIT)
    _gable_roof(build, eaves)
    return build.mesh()


def flats(storeys: int, columns: int, seed: int) -> Mesh:
    """Build a block of flats with so many windows side by side."""
    draw = np.random.default_rng(seed)
    build = MeshBuilder()
    tall = storeys * _FLAT_FLOOR_M + _PARAPET_M + _HUT_M
    top = 1.0 - _HUT_M / tall
    floor, roof = _FLAT_FLOOR_M / tall, storeys * _FLAT_FLOOR_M / tall
    for facade, kind in _walls(build, top, _PLINTH_M / tall):
        count = columns if kind in ("front", "back") else max(columns // 3, 2)
        for storey in range(storeys):
            for k in range(count):
                middle = (k + 0.5) / count
                low = (storey + 0.30) * floor
                if kind == "front" and storey == 0 and k == columns // 2:
                    facade.panel(FINE + TRIM, middle, 0.6 / count, 0.0, 0.82 * floor, 1)
                else:
                    facade.window(middle, 0.45 / count, low, low + 0.5 * floor, draw.random() < _LIT)
    half = _WALL
    corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
    build.add(FLAT_ROOF, *((x, y, roof) for x, y in corners))
    for k in range(4):  # the parapet's inner faces, then a hut over the stairs
        (x0, y0), (x1, y1) = corners[k], corners[(k + 1) % 4]
        build.add(CLOTH, (x1, y1, roof), (x0, y0, roof), (x0, y0, top), (x1, y1, top))
    build.box(PLINTH, (-0.08, -0.12, roof), (0.08, 0.12, 1.0))
    return build.mesh()


def _walls(build: MeshBuilder, high: float, plinth: float) -> list[tuple[_Facade, str]]:
    """Add four walls on a plinth, and return their outsides."""
    half = _WALL
    sides = (
        ("front", (-half, -half), (half, -half), (0.0, -1.0)),
        ("right", (half, -half), (half, half), (1.0, 0.0)),
        ("back", (half, half), (-half, half), (0.0, 1.0)),
        ("left", (-half, half), (-half, -half), (-1.0, 0.0)),
    )
    facades = []
    for kind, (x0, y0), (x1, y1), (ox, oy) in sides:
        build.add(CLOTH, (x0, y0, 0.0), (x1, y1, 0.0), (x1, y1, high), (x0, y0, high))
        facade = _Facade(build, (x0, y0, 0.0), (x1 - x0, y1 - y0, 0.0), (ox, oy, 0.0))
        facade.panel(PLINTH, 0.5, 1.0, 0.0, plinth, 1)
        facades.append((facade, kind))
    return facades


def _gable_roof(build: MeshBuilder, eaves: float) -> None:
    """Add a roof whose ridge runs along the front, its gables, its undersides and a chimney."""
    half, out = _WALL, 0.5
    low = eaves - (_RIDGE - eaves) * (out - half) / half
    for side in (-1.0, 1.0):
        left, right = (-out, out) if side < 0 else (out, -out)
        face = [(left, side * out, low), (right, side * out, low), (right, 0.0, _RIDGE), (left, 0.0, _RIDGE)]
        build.add(ROOF, *face)
        build.add(TRIM, *reversed(face))
        x = side * half
        build.add(CLOTH, (x, -x, eaves), (x, x, eaves), (x, 0.0, _RIDGE - 0.005))
    build.box(PLINTH, (0.18, 0.06, 0.5 * (1.0 + eaves)), (0.26, 0.16, 1.0))
