"""Walking: walkers go where they are told, or are led by the crowd that a client simulates.

A client's ``controller.ai.walker`` says at every tick where its walker stands, which way it looks and how fast it goes.
"""

from __future__ import annotations

import math
from typing import Final

from wormdrive.carla_server.actors.actors import Walker
from wormdrive.carla_server.actors.crowd_report import CrowdReport
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.values import WalkerControl

__all__ = ["follow_crowd", "step"]

FORGOTTEN_S: Final = 0.5
FORGOTTEN_STEPS: Final = 3
"""A walker of whom nobody has said anything for so long, in both measures, stands still."""
_MOVED_M: Final = 1e-3
_HIGHEST_MPS: Final = 100.0


def follow_crowd(walker: Walker, feet: Pose, speed_mps: float) -> Pose:
    """Take what a crowd says of a walker: its feet and speed; returns the pose that it is to be moved to."""
    before = walker.crowd_report.place if walker.crowd_report is not None else (walker.pose.x, walker.pose.y)
    x, y = feet.x - before[0], feet.y - before[1]
    moved = math.hypot(x, y)
    speed = min(max(speed_mps, 0.0), _HIGHEST_MPS)
    course = math.atan2(y, x) if moved > _MOVED_M else feet.heading
    ahead = math.cos(course), math.sin(course)
    walker.velocity = (speed * ahead[0], speed * ahead[1], 0.0)
    walker.walked_m += moved
    walker.control = WalkerControl((ahead[0], -ahead[1], 0.0), speed, False)  # directions are in CARLA's axes
    walker.crowd_report = CrowdReport((feet.x, feet.y), walker.control)
    return Pose(feet.x, feet.y, feet.z + walker.box.extent[2], feet.heading)


def step(walker: Walker, dt_s: float) -> None:
    """Let a walker go on for ``dt_s`` [s] as it is told; who is led stands where the crowd has put it."""
    report = walker.crowd_report
    if report is not None and report.control is walker.control:
        report.since_s += dt_s
        report.steps += 1
        if report.since_s > FORGOTTEN_S and report.steps > FORGOTTEN_STEPS:
            walker.crowd_report, walker.control, walker.velocity = None, WalkerControl(), (0.0, 0.0, 0.0)
        return
    walker.crowd_report = None
    x, y, z = walker.control.direction
    length = math.sqrt(x * x + y * y + z * z)
    speed = walker.control.speed / length if length > 0.0 else 0.0
    walker.velocity = (speed * x, -speed * y, 0.0)
    if speed > 0.0 and (x != 0.0 or y != 0.0):
        pose = walker.pose
        there = pose.x + walker.velocity[0] * dt_s, pose.y + walker.velocity[1] * dt_s, pose.z
        walker.pose = Pose(*there, math.atan2(-y, x), pose.pitch, pose.roll)
        walker.walked_m += math.hypot(walker.velocity[0], walker.velocity[1]) * dt_s
