"""What CARLA calls a vehicle's physics control, as far as our vehicles have it.

Masses, steering limits, brakes and tyre friction act; the engine's torque curve and gears are made up so that scripts
which read and write them back find what they left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.blueprint_models import vehicle_model
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.numbers import number
from wormdrive.carla_server.world import VehicleModel

__all__ = ["FRICTION", "keep_physics", "model_and_grip", "physics_of"]

FRICTION: Final = 3.5
"""CARLA's number for the tyres that come with a vehicle; others scale the grip."""
_BRAKE_TORQUE: Final = 1500.0
_MASS, _DRAG, _CENTRE, _WHEELS = 11, 12, 13, 15
_TORQUE_CURVE: Final = [[0.0, 500.0], [1890.0, 500.0], [5729.0, 400.0]]
_GEARS: Final = [[2.85, 0.5, 0.65], [2.02, 0.5, 0.65], [1.35, 0.5, 0.65], [1.0, 0.5, 0.65]]
_NUMBERS: Final = {
    1: "max_rpm",
    2: "moi",
    3: "damping_rate_full_throttle",
    4: "damping_rate_zero_throttle_clutch_engaged",
    5: "damping_rate_zero_throttle_clutch_disengaged",
    7: "gear_switch_time",
    8: "clutch_strength",
    9: "final_ratio",
    _MASS: "mass",
    _DRAG: "drag_coefficient",
}
_FLAGS: Final = {6: "use_gear_autobox", 16: "use_sweep_wheel_collision"}
_TABLES: Final = {
    0: ("torque_curve", ("x", "y")),
    10: ("forward_gears", ("ratio", "down_ratio", "up_ratio")),
    14: ("steering_curve", ("x", "y")),
}
_WHEEL: Final = (
    "tire_friction",
    "damping_rate",
    "max_steer_angle",
    "radius",
    "max_brake_torque",
    "max_handbrake_torque",
    "lat_stiff_max_load",
    "lat_stiff_value",
    "long_stiff_value",
)
"""Names as the client has them, which refusals use; by their place on the wire."""
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
    """Take over the physics that a client applies; a mass is cut off at 20 kg and 100 t, drag at 0 and 10.

    Raises
    ------
    RequestError
        The values are not those of a vehicle; names the field, such as ``wheels[2].max_steer_angle``.
    """
    if not _is_array(values, 17) or not _is_array(values[_WHEELS]) or len(values[_WHEELS]) != 4:
        raise RequestError("the physics control: allowed are 17 values and 4 wheels")
    kept = list(values[:17])
    for place, name in _NUMBERS.items():
        kept[place] = number(values[place], name=name)
    for place, name in _FLAGS.items():
        if not isinstance(values[place], bool):
            raise RequestError(f"{name}={values[place]!r:.60}: allowed are true, false")
    for place, (name, columns) in _TABLES.items():
        if not _is_array(values[place]):
            raise RequestError(f"{name}: allowed is an array")
        kept[place] = [_row(row, f"{name}[{k}]", columns) for k, row in enumerate(values[place])]
    kept[_CENTRE] = _row(values[_CENTRE], "center_of_mass", ("x", "y", "z"))
    kept[_WHEELS] = [[*_row(wheel, f"wheels[{k}]", _WHEEL), [0.0, 0.0, 0.0]] for k, wheel in enumerate(values[_WHEELS])]
    if kept[_MASS] <= 0.0:
        raise RequestError(f"mass={kept[_MASS]:g}: allowed are numbers above 0")
    kept[_MASS] = min(max(kept[_MASS], 20.0), 100_000.0)
    kept[_DRAG] = min(max(kept[_DRAG], 0.0), 10.0)
    vehicle.physics = kept


def _row(values: Any, name: str, columns: Sequence[str]) -> list[float]:
    """Read numbers that have names of their own."""
    if not _is_array(values, len(columns)):
        raise RequestError(f"{name}: allowed are at least {len(columns)} values")
    return [number(value, name=f"{name}.{column}") for value, column in zip(values, columns, strict=False)]


def _is_array(values: Any, shortest: int = 0) -> bool:
    return isinstance(values, (list, tuple)) and len(values) >= shortest


def model_and_grip(vehicle: Vehicle) -> tuple[VehicleModel, float]:
    """Return what a vehicle's physics makes of its blueprint's model, and the grip of its tyres [-].

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
