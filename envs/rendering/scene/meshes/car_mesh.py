"""Car mesh: low-poly bodies of vehicles; z is 1 at the roof."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from wormdrive.envs.rendering.scene.meshes.mesh_builder import (
    BODY,
    GLASS,
    HEADLAMP,
    REAR_LAMP,
    TRIM,
    TYRE,
    Mesh,
    MeshBuilder,
)

__all__ = ["bus", "car", "truck", "two_wheeler"]

_WHEEL_SIDES: Final = 10


class _Builder(MeshBuilder):
    def wheel(self, x: float, radius_x: float, radius_z: float, inner: float, outer: float) -> None:
        """Add a wheel on either side: a tyre's outer face, its tread, and a rim."""
        ring = [2.0 * np.pi * k / _WHEEL_SIDES for k in range(_WHEEL_SIDES + 1)]
        for a, b in pairwise(ring):
            one = x + radius_x * float(np.cos(a)), radius_z * (1.0 + float(np.sin(a)))
            two = x + radius_x * float(np.cos(b)), radius_z * (1.0 + float(np.sin(b)))
            rim_one = x + 0.58 * (one[0] - x), radius_z + 0.58 * (one[1] - radius_z)
            rim_two = x + 0.58 * (two[0] - x), radius_z + 0.58 * (two[1] - radius_z)
            self.both_sides(
                TYRE, (one[0], inner, one[1]), (one[0], outer, one[1]), (two[0], outer, two[1]), (two[0], inner, two[1])
            )
            self.both_sides(
                TYRE,
                (two[0], outer, two[1]),
                (one[0], outer, one[1]),
                (rim_one[0], outer, rim_one[1]),
                (rim_two[0], outer, rim_two[1]),
            )
            self.both_sides(
                TRIM, (rim_two[0], outer, rim_two[1]), (rim_one[0], outer, rim_one[1]), (x, outer, radius_z)
            )


def _loft(build: _Builder, sections: Sequence[tuple[float, float, float]], half: float, top_half: float) -> None:
    """Skin a body through (x, bottom, top) sections, from the rear to the front; the top is narrower."""
    for (x0, low0, high0), (x1, low1, high1) in pairwise(sections):
        build.both_sides(BODY, (x1, half, low1), (x0, half, low0), (x0, top_half, high0), (x1, top_half, high1))
        build.add(BODY, (x0, -top_half, high0), (x1, -top_half, high1), (x1, top_half, high1), (x0, top_half, high0))
        build.add(TRIM, (x0, half, low0), (x1, half, low1), (x1, -half, low1), (x0, -half, low0))
    x, low, high = sections[0]
    build.add(BODY, (x, half, low), (x, -half, low), (x, -top_half, high), (x, top_half, high))
    x, low, high = sections[-1]
    build.add(BODY, (x, -half, low), (x, half, low), (x, top_half, high), (x, -top_half, high))


def _cabin(
    build: _Builder, belt: Sequence[tuple[float, float]], roof: tuple[float, float], half: float, top: float
) -> None:
    """Add windows and roof: ``belt`` (x, z) of the rear and front end of the windows' lower edge, ``roof`` its x."""
    (rear, rear_z), (front, front_z) = belt
    back, fore = roof
    build.add(GLASS, (front, -half, front_z), (front, half, front_z), (fore, top, 1.0), (fore, -top, 1.0))
    build.add(GLASS, (rear, half, rear_z), (rear, -half, rear_z), (back, -top, 1.0), (back, top, 1.0))
    build.both_sides(GLASS, (front, half, front_z), (rear, half, rear_z), (back, top, 1.0), (fore, top, 1.0))
    build.add(BODY, (back, -top, 1.0), (fore, -top, 1.0), (fore, top, 1.0), (back, top, 1.0))
    middle, over = 0.5 * (rear + front) - 0.02, 0.5 * (back + fore) - 0.02
    z = 0.5 * (rear_z + front_z)
    bulge = 0.004
    build.both_sides(
        BODY,
        (middle + 0.012, half + bulge, z),
        (middle - 0.012, half + bulge, z),
        (over - 0.012, top + bulge, 1.0),
        (over + 0.012, top + bulge, 1.0),
    )


def _lamps(build: _Builder, front: float, rear: float, low: float, high: float, half: float) -> None:
    for side in (-1.0, 1.0):
        one, two = sorted((side * half, side * (half - 0.16)))
        build.add(HEADLAMP, (front, one, low), (front, two, low), (front, two, high), (front, one, high))
        build.add(REAR_LAMP, (rear, two, low), (rear, one, low), (rear, one, high + 0.03), (rear, two, high + 0.03))


def car() -> Mesh:
    """Build a car."""
    build = _Builder()
    body = (
        (-0.50, 0.22, 0.56),
        (-0.46, 0.16, 0.64),
        (-0.30, 0.14, 0.655),
        (0.24, 0.14, 0.62),
        (0.44, 0.15, 0.52),
        (0.50, 0.20, 0.44),
    )
    _loft(build, body, 0.47, 0.44)
    _cabin(build, ((-0.44, 0.635), (0.25, 0.61)), (-0.30, 0.07), 0.44, 0.35)
    for x in (-0.31, 0.31):
        build.wheel(x, 0.073, 0.225, 0.34, 0.475)
    _lamps(build, 0.502, -0.502, 0.36, 0.44, 0.44)
    build.box(TRIM, (-0.506, -0.14, 0.28), (-0.50, 0.14, 0.36))
    build.box(TRIM, (0.49, -0.26, 0.24), (0.504, 0.26, 0.33))
    return build.mesh()


def truck() -> Mesh:
    """Build a truck."""
    build = _Builder()
    build.box(BODY, (0.26, -0.48, 0.16), (0.49, 0.48, 0.80))
    build.add(GLASS, (0.492, -0.43, 0.48), (0.492, 0.43, 0.48), (0.492, 0.43, 0.74), (0.492, -0.43, 0.74))
    build.both_sides(GLASS, (0.46, 0.482, 0.50), (0.34, 0.482, 0.50), (0.34, 0.482, 0.72), (0.46, 0.482, 0.72))
    build.box(TRIM, (-0.50, -0.46, 0.18), (0.26, 0.46, 0.26))
    build.box(BODY, (-0.50, -0.50, 0.26), (0.23, 0.50, 1.0))
    for x in (-0.36, -0.22, 0.36):
        build.wheel(x, 0.06, 0.145, 0.34, 0.49)
    _lamps(build, 0.495, -0.502, 0.20, 0.25, 0.44)
    return build.mesh()


def bus() -> Mesh:
    """Build a bus."""
    build = _Builder()
    build.box(BODY, (-0.50, -0.50, 0.12), (0.49, 0.50, 1.0))
    build.add(GLASS, (0.492, -0.45, 0.36), (0.492, 0.45, 0.36), (0.492, 0.45, 0.86), (0.492, -0.45, 0.86))
    build.add(GLASS, (-0.502, 0.42, 0.55), (-0.502, -0.42, 0.55), (-0.502, -0.42, 0.86), (-0.502, 0.42, 0.86))
    for k in range(6):
        x = -0.46 + 0.155 * k
        build.both_sides(GLASS, (x + 0.14, 0.502, 0.46), (x, 0.502, 0.46), (x, 0.502, 0.84), (x + 0.14, 0.502, 0.84))
    for x in (-0.30, 0.32):
        build.wheel(x, 0.05, 0.16, 0.36, 0.505)
    _lamps(build, 0.494, -0.503, 0.20, 0.26, 0.46)
    return build.mesh()


def two_wheeler() -> Mesh:
    """Build a motorcycle or bicycle, without its rider."""
    build = _Builder()
    for x in (-0.34, 0.34):
        build.wheel(x, 0.16, 0.22, -0.06, 0.06)
    build.box(BODY, (-0.30, -0.14, 0.32), (0.26, 0.14, 0.50))
    build.box(TRIM, (0.20, -0.42, 0.58), (0.26, 0.42, 0.62))
    build.box(TRIM, (-0.18, -0.30, 0.48), (0.06, 0.30, 0.84))
    build.box(BODY, (-0.12, -0.16, 0.84), (0.04, 0.16, 1.0))
    build.add(HEADLAMP, (0.27, -0.10, 0.44), (0.27, 0.10, 0.44), (0.27, 0.10, 0.56), (0.27, -0.10, 0.56))
    build.add(REAR_LAMP, (-0.31, 0.10, 0.40), (-0.31, -0.10, 0.40), (-0.31, -0.10, 0.48), (-0.31, 0.10, 0.48))
    return build.mesh()
