"""What CARLA calls a vehicle's physics control, as far as our vehicles have it.

Masses, steering limits, brakes and tyre friction act; the engine's torque curve and gears are made up so that scripts
which read and write them back find what they left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wormdrive.envs.server.actors.actors import Vehicle
from wormdrive.envs.server.actors.vehicle_kinds import vehicle_model
from wormdrive.envs.server.protocol.numbers import number
from wormdrive.envs.server.refusal import RefusedError
from wormdrive.envs.server.world import VehicleModel

__all__ = ["FRICTION", "keep_physics", "model_and_grip", "physics_of"]

FRICTION: Final = 3.5
"""CARLA's number for the tyres that come with a vehicle; others scale the grip."""
_BRAKE_TORQUE: Final = 1500.0
_MASS, _WHEELS, _DRAG = 11, 15, 12
_TORQUE_CURVE: Final = [[0.0, 500.0], [1890.0, 500.0], [5729.0, 400.0]]
_GEARS: Final = [[2.85, 0.5, 0.65], [2.02, 0.5, 0.65], [1.35, 0.5, 0.65], [1.0, 0.5, 0.65]]
_ENGINE: Final = (_TORQUE_CURVE, 6000.0, 1.0, 0.15, 2.0, 0.35, True, 0.5, 10.0, 4.0, _GEARS)


def _fresh(vehicle: Vehicle) -> list[Any]:
    """Physics of a vehicle nobody has changed, in the wire's order, with its wheels where they are now."""
    model = vehicle_model(vehicle.blueprint)
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


def physics_of(vehicle: Vehicle) -> list[Any]:
    """Physics of a vehicle, as last applied and as a friction trigger has it, with its wheels where they are now."""
    fresh = _fresh(vehicle)
    values = list(vehicle.physics or fresh)
    frictions = [wheel[0] if vehicle.friction is None else vehicle.friction for wheel in values[_WHEELS]]
    values[_WHEELS] = [
        [friction, *old[1:9], new[9]]
        for friction, old, new in zip(frictions, values[_WHEELS], fresh[_WHEELS], strict=True)
    ]
    return values


def keep_physics(vehicle: Vehicle, values: Any) -> None:
    """Take over the physics that a client applies.

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
    kept = [*values[:_WHEELS], wheels, bool(values[16])]
    kept[_MASS] = number(values[_MASS], 20.0, 100_000.0)
    kept[_DRAG] = number(values[_DRAG], 0.0, 10.0)
    vehicle.physics = kept


def model_and_grip(vehicle: Vehicle) -> tuple[VehicleModel, float]:
    """Give what a vehicle's physics makes of its blueprint's model, and the grip of its tyres [-].

    Tyres without friction do not resist rolling, either.
    """
    base, fresh, values = vehicle_model(vehicle.blueprint), _fresh(vehicle), physics_of(vehicle)
    wheels = values[_WHEELS]
    grip = max(sum(wheel[0] for wheel in wheels) / (4.0 * FRICTION), 0.0)
    brake = sum(wheel[4] for wheel in wheels) / (4.0 * _BRAKE_TORQUE)
    steer = max(abs(wheel[2]) for wheel in wheels)
    model = base.resized(mass_kg=values[_MASS])
    parameters = replace(
        model.parameters,
        max_steer_rad=math.radians(min(max(steer, 1.0), 89.0)),
        max_braking=min(max(model.parameters.max_braking * brake, 0.1), 15.0),
        rolling=min(model.parameters.rolling, grip),
        drag_per_m=min(model.parameters.drag_per_m * values[_DRAG] / fresh[_DRAG], 1.0),
    )
    return replace(model, parameters=parameters), min(max(grip, 0.05), 4.0)
