"""What CARLA calls a vehicle's physics control, as far as our vehicles have it.

Masses, steering limits, brakes and tyre friction act; the engine's torque curve and gears are made up so that scripts
which read and write them back find what they left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wormdrive.envs.server.actors import Vehicle
from wormdrive.envs.server.protocol.numbers import number
from wormdrive.envs.server.refusal import RefusedError
from wormdrive.envs.server.world import VehicleModel

__all__ = ["FRICTION", "physics_of", "physics_values", "updated_model"]

FRICTION: Final = 3.5
"""CARLA's number for the tyres that come with a vehicle; others scale the grip."""
_BRAKE_TORQUE: Final = 1500.0
_MASS, _WHEELS, _DRAG = 11, 15, 12
_TORQUE_CURVE: Final = [[0.0, 500.0], [1890.0, 500.0], [5729.0, 400.0]]
_GEARS: Final = [[2.85, 0.5, 0.65], [2.02, 0.5, 0.65], [1.35, 0.5, 0.65], [1.0, 0.5, 0.65]]
_ENGINE: Final = (_TORQUE_CURVE, 6000.0, 1.0, 0.15, 2.0, 0.35, True, 0.5, 10.0, 4.0, _GEARS)


def physics_values(vehicle: Vehicle, model: VehicleModel) -> list[Any]:
    """Physics of a vehicle nobody has changed, in the wire's order."""
    parameters = model.parameters
    wheels = []
    for wheel in range(4):
        front, left = wheel < 2, wheel % 2 == 0
        along = parameters.front_m if front else -parameters.rear_m
        across = 0.42 * parameters.width_m * (1 if left else -1)
        x, y, z = vehicle.pose.turned((along, across, 0.35))
        position = [100.0 * (vehicle.pose.x + x), -100.0 * (vehicle.pose.y + y), 100.0 * (vehicle.pose.z + z)]
        steer = math.degrees(parameters.max_steer_rad) if front else 0.0
        wheels.append(
            [FRICTION, 0.25, steer, 35.0, _BRAKE_TORQUE, 0.0 if front else 3000.0, 2.0, 17.0, 1000.0, position]
        )
    drag = 2.0 * parameters.drag_per_m * parameters.mass_kg / (1.2 * parameters.width_m * model.height_m)
    steering = [[0.0, 1.0], [20.0, 1.0], [60.0, 1.0], [120.0, 1.0]]
    return [*_ENGINE, parameters.mass_kg, drag, [0.0, 0.0, 0.0], steering, wheels, False]


def physics_of(vehicle: Vehicle, model: VehicleModel) -> list[Any]:
    """Physics of a vehicle, as last applied, with its wheels where they are now."""
    fresh = physics_values(vehicle, model)
    if vehicle.physics is None:
        return fresh
    values = list(vehicle.physics)
    values[_WHEELS] = [[*old[:9], new[9]] for old, new in zip(values[_WHEELS], fresh[_WHEELS], strict=True)]
    return values


def updated_model(vehicle: Vehicle, model: VehicleModel, values: Any) -> tuple[VehicleModel, float]:
    """Read physics that a client applies: the model, and the grip of its tyres [-]; keeps the values for reading back.

    Raises
    ------
    RefusedError
        The values are not those of a vehicle.
    """
    if not isinstance(values, Sequence) or len(values) < 17 or len(values[_WHEELS]) != 4:
        raise RefusedError("the physics control: allowed are 17 values and 4 wheels")
    numbers = [[number(part) for part in wheel[:9]] for wheel in values[_WHEELS]]
    if any(len(wheel) < 9 for wheel in numbers):
        raise RefusedError("the physics control: allowed are wheels of 10 values")
    wheels = [[*wheel, [0.0, 0.0, 0.0]] for wheel in numbers]
    mass = number(values[_MASS], 20.0, 100_000.0)
    steer = max(abs(wheel[2]) for wheel in numbers)
    brake = sum(wheel[4] for wheel in numbers) / (4.0 * _BRAKE_TORQUE)
    old = physics_values(vehicle, model)
    stronger = brake / (sum(wheel[4] for wheel in (vehicle.physics or old)[_WHEELS]) / (4.0 * _BRAKE_TORQUE) or 1.0)
    drag = number(values[_DRAG], 0.0, 10.0) / max((vehicle.physics or old)[_DRAG], 1e-6)
    model = model.resized(mass_kg=mass)
    parameters = replace(
        model.parameters,
        max_steer_rad=math.radians(min(max(steer, 1.0), 89.0)),
        max_braking=min(max(model.parameters.max_braking * stronger, 0.1), 15.0),
        drag_per_m=min(model.parameters.drag_per_m * drag, 1.0),
    )
    grip = sum(wheel[0] for wheel in numbers) / (4.0 * FRICTION)
    kept = [*values[:_MASS], mass, *values[_DRAG:_WHEELS], wheels, bool(values[16])]
    kept[_DRAG] = number(values[_DRAG], 0.0, 10.0)
    vehicle.physics = kept
    return replace(model, parameters=parameters), min(max(grip, 0.05), 4.0)
