"""Street mesh: what stands beside streets, and what is painted on them.

Fronts of lights and signs look ahead. All faces look outward, so that those turned away need not be drawn.
"""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.rendering.scene.meshes.mesh_builder import (
    DARK_LAMP,
    GREEN_LAMP,
    PAINT,
    RED,
    RED_LAMP,
    TRIM,
    TYRE,
    WHITE,
    YELLOW_LAMP,
    Mesh,
    MeshBuilder,
    Point,
    ring,
)

__all__ = ["LAMP_HEIGHTS", "bar", "gantry", "give_way", "light", "plate", "post", "speed_limit", "stop", "zebra"]

LAMP_HEIGHTS: Final = (0.82, 0.5, 0.18)
"""Of the red, yellow and green lamp, by the head's height."""
_HEAD_M: Final = (0.30, 0.36, 0.9)
_BACK: Final = -0.5
_SEGMENTS: Final[dict[str, str]] = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abfgcd",
}  # fmt: skip
_STROKES: Final[dict[str, tuple[float, float, float, float]]] = {
    "a": (-0.5, 0.5, 0.8, 1.0), "d": (-0.5, 0.5, 0.0, 0.2), "g": (-0.5, 0.5, 0.4, 0.6),
    "b": (0.2, 0.5, 0.4, 1.0), "c": (0.2, 0.5, 0.0, 0.6), "e": (-0.5, -0.2, 0.0, 0.6), "f": (-0.5, -0.2, 0.4, 1.0),
}  # fmt: skip
"""From and to, to the reader's right and up, by a digit's width and height."""


def light(lit: int) -> Mesh:
    """Build the head of a traffic light; ``lit``: 0 red, 1 yellow, 2 green, 3 none."""
    build = MeshBuilder()
    build.box(TYRE, (-0.5, -0.5, 0.0), (0.30, 0.5, 1.0))
    build.add(TYRE, (-0.5, 0.5, 0.0), (0.3, 0.5, 0.0), (0.3, -0.5, 0.0), (-0.5, -0.5, 0.0))
    for k, (high, colour) in enumerate(zip(LAMP_HEIGHTS, (RED_LAMP, YELLOW_LAMP, GREEN_LAMP), strict=True)):
        _disc(build, colour if k == lit else DARK_LAMP, 0.33, high, 0.13 / _HEAD_M[1], 0.13 / _HEAD_M[2], 8, 0.5)
        top, aside = high + 0.145 / _HEAD_M[2], 0.13 / _HEAD_M[1]  # a hood over the lamp
        for sign in (1.0, -1.0):
            hood = [(0.3, -sign * aside, top), (0.5, -sign * aside, top), (0.5, sign * aside, top)]
            build.add(TYRE, *hood, (0.3, sign * aside, top))
    return build.mesh()


def post() -> Mesh:
    """Build a round post."""
    build = MeshBuilder()
    build.tube(TRIM, *(ring((0.0, 0.0, z), 0.5, 0.5, 6) for z in (0.0, 1.0)))
    return build.mesh()


def gantry() -> Mesh:
    """Build a mast on the left with an arm to the right, seen as its front looks."""
    build = MeshBuilder()
    build.tube(TRIM, *(ring((0.0, 0.49, z), half, half * 0.03, 6) for z, half in ((0.0, 0.5), (1.0, 0.35))))
    build.box(TRIM, (-0.3, -0.5, 0.965), (0.3, 0.49, 0.985))
    build.add(TRIM, (-0.3, 0.49, 0.965), (0.3, 0.49, 0.965), (0.3, -0.5, 0.965), (-0.3, -0.5, 0.965))
    return build.mesh()


def stop() -> Mesh:
    """Build an octagon, red in a white rim, with a bar for the word."""
    build = MeshBuilder()
    _plate(build, WHITE, 8, 0.5)
    _disc(build, RED, 0.3, 0.5, 0.46, 0.46, 8, 0.5)
    for left in (-0.34, -0.16, 0.02, 0.20):
        _panel(build, WHITE, left, left + 0.13, 0.40, 0.60, 0.5)
    return build.mesh()


def give_way() -> Mesh:
    """Build a triangle that stands on a corner."""
    build = MeshBuilder()
    corners = [(0.5, 1.0), (-0.5, 1.0), (0.0, 0.0)]  # left, up
    for x, material, part in ((0.0, RED, 1.0), (0.3, WHITE, 0.62)):
        face = [(x, part * y, 0.66 + part * (z - 0.66)) for y, z in corners]
        build.add(material, *face)
        if part == 1.0:
            build.add(TRIM, *((_BACK, y, z) for _, y, z in reversed(face)))
    return build.mesh()


def speed_limit(number: str) -> Mesh:
    """Build a white disc in a red rim with a number of two digits, or none."""
    build = MeshBuilder()
    _plate(build, RED, 12, 0.0)
    _disc(build, WHITE, 0.2, 0.5, 0.39, 0.39, 12, 0.0)
    for digit, middle in zip(number, (-0.155, 0.155), strict=False):
        for segment in _SEGMENTS[digit]:
            left, right, low, high = _STROKES[segment]
            _panel(build, TYRE, middle + 0.24 * left, middle + 0.24 * right, 0.32 + 0.36 * low, 0.32 + 0.36 * high, 0.5)
    return build.mesh()


def plate() -> Mesh:
    """Build a white board."""
    build = MeshBuilder()
    build.box(WHITE, (-0.5, -0.5, 0.0), (0.5, 0.5, 1.0))
    return build.mesh()


def bar() -> Mesh:
    """Paint a bar on the ground."""
    build = MeshBuilder()
    build.add(PAINT, (-0.5, -0.5, 1.0), (0.5, -0.5, 1.0), (0.5, 0.5, 1.0), (-0.5, 0.5, 1.0))
    return build.mesh()


def zebra(stripes: int) -> Mesh:
    """Paint stripes along x, side by side."""
    build = MeshBuilder()
    for k in range(stripes):
        low, high = (k + 0.25) / stripes - 0.5, (k + 0.75) / stripes - 0.5
        build.add(PAINT, (-0.5, low, 1.0), (0.5, low, 1.0), (0.5, high, 1.0), (-0.5, high, 1.0))
    return build.mesh()


def _disc(
    build: MeshBuilder, material: int, x: float, high: float, half_y: float, half_z: float, sides: int, turn: float
) -> None:
    """Add a polygon that looks ahead, in pieces of four corners."""
    turns = [math.tau * (k + turn) / sides for k in range(sides)]
    corners: list[Point] = [(x, half_y * math.cos(a), high + half_z * math.sin(a)) for a in turns]
    for k in range(1, sides - 1, 2):
        build.add(material, corners[0], corners[k], corners[k + 1], corners[(k + 2) % sides])


def _plate(build: MeshBuilder, material: int, sides: int, turn: float) -> None:
    """Add a polygon that fills the box, grey at the back."""
    half = 0.5 / math.cos(math.pi / sides) if turn else 0.5
    _disc(build, material, 0.0, 0.5, half, half, sides, turn)
    turns = [math.tau * (k + turn) / sides for k in range(sides)]
    corners: list[Point] = [(_BACK, half * math.cos(a), 0.5 + half * math.sin(a)) for a in reversed(turns)]
    for k in range(1, sides - 1, 2):
        build.add(TRIM, corners[0], corners[k], corners[k + 1], corners[(k + 2) % sides])


def _panel(build: MeshBuilder, material: int, left: float, right: float, low: float, high: float, x: float) -> None:
    """Add a rectangle that looks ahead; left and right as the reader sees them."""
    build.add(material, (x, left, low), (x, right, low), (x, right, high), (x, left, high))
