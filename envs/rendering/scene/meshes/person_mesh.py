"""Person mesh: somebody who stands, or is in the middle of a step."""

from __future__ import annotations

import math
from typing import Final

from wormdrive.envs.rendering.scene.meshes.mesh_builder import (
    CLOTH,
    HAIR,
    SKIN,
    TROUSERS,
    TYRE,
    Mesh,
    MeshBuilder,
    Point,
    ring,
)

__all__ = ["person"]

_BOX_M: Final = (0.375, 0.375, 1.86)
"""CARLA's adults; lengths below are of a body in this box, beyond which arms and strides reach."""
_HIP_M: Final = 0.93
_THIGH_M, _SHANK_M, _ANKLE_M = 0.43, 0.42, 0.08
_UPPER_ARM_M, _FOREARM_M = 0.29, 0.25
_LEG_SWING, _ARM_SWING, _KNEE, _ELBOW = 0.45, 0.42, 0.85, 0.35  # [rad]
_SIDES, _LIMB_SIDES = 8, 6


def person(phase: float | None = None) -> Mesh:
    """Build a person: standing, or at ``phase`` [rad] of a stride of two steps, where the left leg goes ahead at 0."""
    x, y, z = _BOX_M
    build = MeshBuilder((1.0 / x, 1.0 / y, 1.0 / z))
    swings = ((0.0, 0.0), (0.0, 0.0)) if phase is None else (_leg_angles(phase), _leg_angles(phase + math.pi))
    # whoever strides is lower: one foot is always on the ground
    down = min(_HIP_M - _THIGH_M * math.cos(a) - _SHANK_M * math.cos(a - bend) - _ANKLE_M for a, bend in swings)
    for side, (a, bend) in zip((1.0, -1.0), swings, strict=True):
        _leg(build, side, a, bend, -down)
        _arm(build, side, -_ARM_SWING / _LEG_SWING * a, 0.08 if phase is None else _ELBOW, -down)
    _trunk(build, -down)
    return build.mesh()


def _leg_angles(phase: float) -> tuple[float, float]:
    """Angle of the thigh, ahead positive, and by how much the knee is bent: while the leg goes ahead."""
    return _LEG_SWING * math.sin(phase), 0.06 + _KNEE * max(math.cos(phase), 0.0)


def _swung(start: Point, length: float, angle: float) -> Point:
    return start[0] + length * math.sin(angle), start[1], start[2] - length * math.cos(angle)


def _leg(build: MeshBuilder, side: float, angle: float, bend: float, up: float) -> None:
    hip = 0.0, 0.085 * side, _HIP_M + up
    knee = _swung(hip, _THIGH_M, angle)
    ankle = _swung(knee, _SHANK_M, angle - bend)
    build.tube(
        TROUSERS,
        ring(ankle, 0.050, 0.048, _LIMB_SIDES),
        ring(_swung(knee, 0.12, angle - bend), 0.062, 0.058, _LIMB_SIDES),
        ring(knee, 0.066, 0.060, _LIMB_SIDES),
        ring(hip, 0.092, 0.082, _LIMB_SIDES),
    )
    x, y, z = ankle
    build.box(TYRE, (x - 0.08, y - 0.045, z - _ANKLE_M), (x + 0.08, y + 0.045, z + 0.01))
    build.box(TYRE, (x + 0.08, y - 0.045, z - _ANKLE_M), (x + 0.18, y + 0.045, z - 0.03))


def _arm(build: MeshBuilder, side: float, angle: float, bend: float, up: float) -> None:
    shoulder = 0.0, 0.20 * side, 1.46 + up
    elbow = _swung((0.0, 0.235 * side, shoulder[2]), _UPPER_ARM_M, angle)
    wrist = _swung(elbow, _FOREARM_M, angle + bend)
    palm = _swung(wrist, 0.09, angle + bend)
    build.tube(
        CLOTH,
        ring(wrist, 0.034, 0.032, _LIMB_SIDES),
        ring(elbow, 0.045, 0.042, _LIMB_SIDES),
        ring((0.0, 0.225 * side, shoulder[2] - 0.05), 0.058, 0.052, _LIMB_SIDES),
        ring((0.0, shoulder[1], shoulder[2] + 0.02), 0.045, 0.045, _LIMB_SIDES),
    )
    build.tube(SKIN, ring(palm, 0.022, 0.014, _LIMB_SIDES), ring(wrist, 0.030, 0.024, _LIMB_SIDES))


def _trunk(build: MeshBuilder, up: float) -> None:
    def rings(*levels: tuple[float, float, float, float]) -> list[list[Point]]:
        return [ring((x, 0.0, z + up), half_x, half_y, _SIDES) for z, x, half_x, half_y in levels]

    # height, ahead, half depth, half width [m]
    build.tube(TROUSERS, *rings((0.86, 0.0, 0.085, 0.12), (0.93, 0.0, 0.110, 0.165), (1.04, 0.0, 0.102, 0.155)))
    build.tube(
        CLOTH,
        *rings(
            (0.98, 0.0, 0.116, 0.170),
            (1.12, 0.0, 0.104, 0.152),
            (1.34, 0.01, 0.128, 0.192),
            (1.46, 0.0, 0.100, 0.205),
            (1.53, 0.0, 0.062, 0.085),
        ),
    )
    build.tube(SKIN, *rings((1.50, 0.0, 0.052, 0.052), (1.63, 0.012, 0.050, 0.050)))
    build.tube(
        SKIN,
        *rings(
            (1.595, 0.035, 0.052, 0.048),
            (1.64, 0.018, 0.090, 0.070),
            (1.71, 0.014, 0.100, 0.080),
            (1.78, 0.008, 0.098, 0.080),
            (1.83, 0.0, 0.070, 0.058),
        ),
    )
    build.tube(HAIR, *rings((1.63, -0.035, 0.070, 0.070), (1.70, -0.030, 0.084, 0.088), (1.78, -0.022, 0.092, 0.088)))
    build.tube(HAIR, *rings((1.775, -0.004, 0.108, 0.089), (1.83, -0.006, 0.088, 0.070), (1.86, -0.008, 0.034, 0.028)))
