"""Lines about the physics of vehicles."""

from __future__ import annotations

from typing import Final

from wormdrive.carla_server.recorder.queries.page import plain
from wormdrive.carla_server.recorder.reader import Block
from wormdrive.carla_server.recorder.variable import Physics, read_physics

__all__ = ["physics_lines"]

_ENGINE: Final = (
    "max_rpm",
    "MOI",
    "damping_rate_full_throttle",
    "damping_rate_zero_throttle_clutch_engaged",
    "damping_rate_zero_throttle_clutch_disengaged",
)
_BODY: Final = ("clutch_strength", "final_ratio", "mass", "drag_coefficient")
_WHEEL: Final = (
    "tire_friction", "damping_rate", "max_steer_angle", "radius", "max_brake_torque", "max_handbrake_torque",
)  # fmt: skip


def physics_lines(block: Block) -> list[str]:
    """Tell the physics of all vehicles of a packet."""
    vehicles = read_physics(block.cursor())
    return [f" Physics Control events: {len(vehicles)}", *(line for one in vehicles for line in _vehicle(one))]


def _vehicle(one: Physics) -> list[str]:
    lines = [f"  Id: {one.actor}"]
    lines += [f"   {name} = {plain(value)}" for name, value in zip(_ENGINE, one.engine, strict=True)]
    lines.append(f"   use_gear_auto_box = {str(one.automatic).lower()}")
    lines += [f"   {name} = {plain(value)}" for name, value in zip(_BODY, one.body[:4], strict=True)]
    lines.append(f"   center_of_mass = ({plain(*one.body[4:])})")
    for name, curve in (("torque_curve", one.torque_curve), ("steering_curve", one.steering_curve)):
        lines.append(f"   {name} =" + "".join(f" ({plain(*point)})" for point in curve))
    lines.append("   forward_gears:")
    for number, (ratio, down, up) in enumerate(one.gears):
        lines.append(f"    gear {number}: ratio {plain(ratio)} down_ratio {plain(down)} up_ratio {plain(up)}")
    lines.append("   wheels:")
    for number, wheel in enumerate(one.wheels):
        values = " ".join(f"{name} {plain(value)}" for name, value in zip(_WHEEL, wheel, strict=False))
        lines.append(f"    wheel {number}: {values} position ({plain(*wheel[9:])})")
    return lines
