"""CARLA's axes and ours: the only place that knows both.

CARLA's are Unreal's: left-handed, x forward, y right, z up, degrees. Ours are ISO 8855's, as OpenDRIVE's: right-handed,
x forward, y left, z up, radians. One is the other mirrored at the x-z plane:

    location, velocity     (x, y, z)            <->  (x, -y, z)
    yaw                    clockwise positive   <->  -heading
    pitch                  nose up positive     <->  -pitch      (ISO 8855: nose down positive)
    roll                   right side down positive, in both
    angular velocity       (x, y, z)            <->  (-x, y, -z)  (a mirrored rotation turns the other way)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from wormdrive.carla_server.common.pose import Pose

__all__ = ["angular_from_carla", "angular_to_carla", "mirrored", "pose_from_carla", "transform_to_carla"]

Triple = tuple[float, float, float]


def mirrored(vector: Sequence[float]) -> Triple:
    """Turn a location, velocity, force or the like from one system into the other; its own inverse."""
    x, y, z = vector
    return x, 0.0 - y, z  # no negative zero


def pose_from_carla(transform: Sequence[Sequence[float]]) -> Pose:
    """Read ``[[x, y, z], [pitch, yaw, roll]]``, metres and degrees."""
    (x, y, z), (pitch, yaw, roll) = transform
    return Pose(x, -y, z, -math.radians(yaw), -math.radians(pitch), math.radians(roll))


def transform_to_carla(pose: Pose) -> tuple[Triple, Triple]:
    """Return ``(x, y, z), (pitch, yaw, roll)``, metres and degrees."""
    return (
        (pose.x, 0.0 - pose.y, pose.z),
        (0.0 - math.degrees(pose.pitch), 0.0 - math.degrees(pose.heading), math.degrees(pose.roll)),
    )


def angular_to_carla(radps: Sequence[float]) -> Triple:
    """Angular velocity [rad/s] as CARLA has it [deg/s]."""
    x, y, z = radps
    return 0.0 - math.degrees(x), math.degrees(y), 0.0 - math.degrees(z)


def angular_from_carla(degps: Sequence[float]) -> Triple:
    """Angular velocity [deg/s] as we have it [rad/s]; the inverse of ``angular_to_carla``."""
    x, y, z = degps
    return -math.radians(x), math.radians(y), -math.radians(z)
