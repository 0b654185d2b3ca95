"""Walker skeleton: where a walker's bones are, by CARLA's names, as pictures show the walker: standing, or striding.

Bones are not turned: only their places say how somebody stands. Fingers are drawn as one and listed one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from wormdrive.carla_server.actors.actors import Walker, feet_of
from wormdrive.carla_server.common.pose import Pose
from wormdrive.envs.rendering.scene.meshes.shapes import STRIDE_M

__all__ = ["ROOT", "Bone", "bones_of", "ground_of"]

Triple = tuple[float, float, float]
Bone = tuple[str, str, Triple]
"""Name, parent's name, and place in the walker's axes, from the ground between its feet [m]."""

ROOT: Final = "crl_root"
_TALL_M: Final = 1.86
"""Height of the body whose lengths stand here: CARLA's adults."""
_HIP_M, _THIGH_M, _SHANK_M, _ANKLE_M = 0.93, 0.43, 0.42, 0.08
_UPPER_ARM_M, _FOREARM_M, _FINGER_M = 0.29, 0.25, 0.035
_LEG_SWING, _ARM_SWING, _KNEE, _ELBOW = 0.45, 0.42, 0.85, 0.35
"""How far limbs swing and bend [rad]."""
_FINGERS: Final[Mapping[str, float]] = MappingProxyType(
    {"Thumb": 0.03, "Index": 0.02, "Middle": 0.0, "Ring": -0.015, "Pinky": -0.03}
)
"""How far ahead of the hand's middle each begins [m]."""


def bones_of(walker: Walker) -> list[Bone]:
    """List a walker's bones, each behind its parent; children are smaller adults."""
    scale = 2.0 * walker.box.extent[2] / _TALL_M
    walks = walker.velocity[0] != 0.0 or walker.velocity[1] != 0.0
    phase = 2.0 * math.pi * walker.walked_m / STRIDE_M if walks else None
    return [(name, parent, (scale * x, scale * y, scale * z)) for name, parent, (x, y, z) in _body(phase)]


def ground_of(walker: Walker) -> Pose:
    """Return the pose in whose axes the bones are."""
    return feet_of(walker.pose, walker.box)


def _body(phase: float | None) -> Iterator[Bone]:
    left, right = ((0.0, 0.0), (0.0, 0.0)) if phase is None else (_leg_angles(phase), _leg_angles(phase + math.pi))
    # one foot is always on the ground
    down = min(
        _HIP_M - _THIGH_M * math.cos(swing) - _SHANK_M * math.cos(swing - bend) - _ANKLE_M
        for swing, bend in (left, right)
    )
    yield ROOT, "", (0.0, 0.0, 0.0)
    for name, parent, ahead, height in (
        ("crl_hips__C", ROOT, 0.0, _HIP_M + 0.06),
        ("crl_spine__C", "crl_hips__C", 0.0, 1.12),
        ("crl_spine01__C", "crl_spine__C", 0.0, 1.34),
        ("crl_neck__C", "crl_spine01__C", 0.0, 1.53),
        ("crl_Head__C", "crl_neck__C", 0.012, 1.64),
    ):
        yield name, parent, (ahead, 0.0, height - down)
    for side, sign, (swing, bend) in (("L", 1.0, left), ("R", -1.0, right)):
        yield f"crl_eye__{side}", "crl_Head__C", (0.1, 0.032 * sign, 1.72 - down)
        yield from _arm(side, sign, -_ARM_SWING / _LEG_SWING * swing, 0.08 if phase is None else _ELBOW, -down)
        yield from _leg(side, sign, swing, bend, -down)


def _leg_angles(phase: float) -> tuple[float, float]:
    return _LEG_SWING * math.sin(phase), 0.06 + _KNEE * max(math.cos(phase), 0.0)


def _swung(start: Triple, length: float, angle: float) -> Triple:
    return start[0] + length * math.sin(angle), start[1], start[2] - length * math.cos(angle)


def _leg(side: str, sign: float, swing: float, bend: float, up: float) -> Iterator[Bone]:
    hip = 0.0, 0.085 * sign, _HIP_M + up
    knee = _swung(hip, _THIGH_M, swing)
    ankle = _swung(knee, _SHANK_M, swing - bend)
    yield f"crl_thigh__{side}", "crl_hips__C", hip
    yield f"crl_leg__{side}", f"crl_thigh__{side}", knee
    yield f"crl_foot__{side}", f"crl_leg__{side}", ankle
    x, y, z = ankle
    yield f"crl_toe__{side}", f"crl_foot__{side}", (x + 0.11, y, z - 0.06)
    yield f"crl_toeEnd__{side}", f"crl_toe__{side}", (x + 0.17, y, z - 0.06)


def _arm(side: str, sign: float, swing: float, bend: float, up: float) -> Iterator[Bone]:
    shoulder = 0.0, 0.235 * sign, 1.46 + up
    elbow = _swung(shoulder, _UPPER_ARM_M, swing)
    wrist = _swung(elbow, _FOREARM_M, swing + bend)
    hand = f"crl_hand__{side}"
    yield f"crl_shoulder__{side}", "crl_spine01__C", (0.0, 0.05 * sign, 1.46 + up)
    yield f"crl_arm__{side}", f"crl_shoulder__{side}", shoulder
    yield f"crl_foreArm__{side}", f"crl_arm__{side}", elbow
    yield hand, f"crl_foreArm__{side}", wrist
    for finger, ahead in _FINGERS.items():
        parent, place = hand, _swung((wrist[0] + ahead, wrist[1], wrist[2]), 2.0 * _FINGER_M, swing + bend)
        for part in ("", "01", "02", "End"):
            name = f"crl_hand{finger}{part}__{side}"
            yield name, parent, place
            parent, place = name, _swung(place, _FINGER_M, swing + bend)
