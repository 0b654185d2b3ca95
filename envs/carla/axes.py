"""CARLA's axes and ours, for the client's objects: the one place here that knows both.

CARLA's are left-handed: x forward, y right, z up, yaw clockwise from above, pitch nose up, degrees. Ours are
ISO 8855's: x forward, y left, z up, heading counter-clockwise, pitch nose down, radians. One is the other mirrored at
the x-z plane, so that roll (right side down) has one sign in both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from wormdrive.envs.carla.connection.client_library import client_library
from wormdrive.envs.simulation.camera_config import CameraConfig

__all__ = [
    "ActorMotion",
    "ActorPose",
    "camera_mount",
    "force_to_the_left",
    "motion_of",
    "pose_of",
    "pose_transform",
    "radians",
    "velocity_along",
]

radians = math.radians
"""Of an angle that has no sign to turn, such as a limit."""


@dataclass(frozen=True)
class ActorPose:
    """Where something stands: [m] and [rad], in the map's axes."""

    x_m: float
    y_m: float
    z_m: float
    heading_rad: float
    pitch_rad: float = 0.0
    roll_rad: float = 0.0


@dataclass(frozen=True)
class ActorMotion:
    """Where a vehicle is and how it moves, in the order of the vehicle kernel's rows.

    Position [m], heading [rad], velocity forward and to the left in the body's axes [m/s], yaw rate [rad/s].
    """

    x_m: float
    y_m: float
    heading_rad: float
    forward_mps: float
    left_mps: float
    yaw_rate_radps: float


def pose_of(transform: Any) -> ActorPose:
    """Read a ``carla.Transform``."""
    at, turned = transform.location, transform.rotation
    return ActorPose(at.x, -at.y, at.z, -radians(turned.yaw), -radians(turned.pitch), radians(turned.roll))


def pose_transform(pose: ActorPose) -> Any:
    """Return a pose as ``carla.Transform``."""
    carla = client_library()
    return carla.Transform(
        carla.Location(pose.x_m, -pose.y_m, pose.z_m),
        carla.Rotation(
            pitch=-math.degrees(pose.pitch_rad), yaw=-math.degrees(pose.heading_rad), roll=math.degrees(pose.roll_rad)
        ),
    )


def camera_mount(camera: CameraConfig) -> Any:
    """Where a camera sits on its vehicle, as ``carla.Transform``."""
    return pose_transform(
        ActorPose(camera.x_m, camera.y_m, camera.z_m, camera.yaw_rad, camera.pitch_rad, camera.roll_rad)
    )


def velocity_along(pose: ActorPose, speed_mps: float) -> Any:
    """Velocity of what moves straight ahead, on the level, as ``carla.Vector3D``."""
    x, y = speed_mps * math.cos(pose.heading_rad), speed_mps * math.sin(pose.heading_rad)
    return client_library().Vector3D(x, -y, 0.0)


def force_to_the_left(pose: ActorPose, newton: float) -> Any:
    """Force on what stands at a pose, along its y axis, as ``carla.Vector3D``."""
    x, y = -newton * math.sin(pose.heading_rad), newton * math.cos(pose.heading_rad)
    return client_library().Vector3D(x, -y, 0.0)


def motion_of(snapshot: Any) -> ActorMotion:
    """Read a ``carla.ActorSnapshot``."""
    pose = pose_of(snapshot.get_transform())
    velocity = snapshot.get_velocity()
    east, north = velocity.x, -velocity.y
    cosine, sine = math.cos(pose.heading_rad), math.sin(pose.heading_rad)
    return ActorMotion(
        x_m=pose.x_m,
        y_m=pose.y_m,
        heading_rad=pose.heading_rad,
        forward_mps=east * cosine + north * sine,
        left_mps=north * cosine - east * sine,
        yaw_rate_radps=-radians(snapshot.get_angular_velocity().z),
    )
