"""Physics values: what each blueprint's physics control says, in the wire's order, from ``vehicle_physics.yaml``."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from wormdrive.carla_server.world import VEHICLE_MODELS

__all__ = [
    "CENTRE",
    "DRAG",
    "FRICTION",
    "GEARS",
    "MASS",
    "SALOON",
    "STEERING",
    "TORQUE",
    "WHEELS",
    "fresh_values",
    "physics_table",
]

SALOON: Final = "vehicle.wormdrive.saloon"
"""The embedded simulator's own car, exactly: what policies were trained on."""
FRICTION: Final = 3.5
"""CARLA's number for the tyres that come with a vehicle; others scale the grip."""
TORQUE, GEARS, MASS, DRAG, CENTRE, STEERING, WHEELS = 0, 10, 11, 12, 13, 14, 15
"""Places on the wire; the others are in ``physics_control``."""
AIR: Final = 1.2
"""Density of air [kg/m³]."""
_NOWHERE: Final = [0.0, 0.0, 0.0]
_SALOON_FINAL, _SALOON_RADIUS_M = 8.0, 0.35
_SALOON_SPEEDS: Final = (0.0, 12.0, 13.0, 14.0, 16.0, 18.0, 21.0, 25.0, 30.0, 40.0, 55.0, 80.0)
_NOTHING: Final = 0.001


@cache
def physics_table() -> Mapping[str, Mapping[str, Any]]:
    """Return the table's entry of each blueprint, with what it has of its class."""
    path = Path(__file__).with_name("vehicle_physics.yaml")
    table: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = {}
    for name, own in table["blueprints"].items():
        base = table["classes"][own["class"]]
        found[name] = base | own | {"source": base["source"] | own.get("source", {})}
    return found


def fresh_values(blueprint: str) -> list[Any]:
    """Return the physics of a vehicle nobody has changed; wheels stand at the origin."""
    return copy.deepcopy(_values(blueprint))


@cache
def _values(blueprint: str) -> list[Any]:
    if blueprint == SALOON:
        return _saloon()
    entry = physics_table()[blueprint]
    front_nm, rear_nm, hand_nm = entry["brakes"]
    down, up = entry["shift"]
    common = entry["friction"], entry["wheel_damping"]
    wheels = [
        [*common, entry["lock"], entry["radius"], front_nm, 0.0, *entry["stiffness"], _NOWHERE]
        if wheel < 2
        else [*common, 0.0, entry["radius"], rear_nm, hand_nm, *entry["stiffness"], _NOWHERE]
        for wheel in range(4)
    ]
    gears = [[ratio, down, up] for ratio in entry["gears"]]
    engine = [entry["torque"], entry["max_rpm"], entry["moi"], *entry["damping"]]
    gearbox = [True, entry["switch_time"], entry["clutch"], entry["final"], gears]
    return [*engine, *gearbox, entry["mass"], entry["drag"], [0.0, 0.0, 0.0], entry["steering"], wheels, False]


def _saloon() -> list[Any]:
    """Say in the words of the physics control how the training car drives, which needs none of it.

    One gear, an engine without inertia, torque that is even up to the speed from which power limits it.
    """
    model = VEHICLE_MODELS["car"]
    p = model.parameters
    turns = _SALOON_FINAL / _SALOON_RADIUS_M
    full = p.max_acceleration * p.mass_kg / turns
    rpm = 30.0 / math.pi * turns
    curve = [[rpm * speed, full * min(1.0, p.power_speed_mps / max(speed, 1.0))] for speed in _SALOON_SPEEDS]
    brake = p.max_braking * p.mass_kg * _SALOON_RADIUS_M / 4.0
    lock = math.degrees(p.max_steer_rad)
    radius = 100.0 * _SALOON_RADIUS_M
    front = [FRICTION, 0.0, lock, radius, brake, 0.0, 1.0, p.front_stiffness, 1e5, _NOWHERE]
    rear = [FRICTION, 0.0, 0.0, radius, brake, brake, 1.0, p.rear_stiffness, 1e5, _NOWHERE]
    drag = 2.0 * p.drag_per_m * p.mass_kg / (AIR * p.width_m * model.height_m)
    engine = [curve, curve[-1][0], _NOTHING, 0.0, 0.0, 0.0]
    gearbox = [True, 0.0, 100.0, _SALOON_FINAL, [[1.0, 0.0, 0.0]]]
    steering = [[0.0, 1.0], [20.0, 1.0], [60.0, 1.0], [120.0, 1.0]]
    return [*engine, *gearbox, p.mass_kg, drag, [0.0, 0.0, 0.0], steering, [front, front, rear, rear], False]
