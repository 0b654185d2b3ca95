"""What CARLA calls a vehicle's physics control: all of it acts, and what cannot is refused by its name.

``use_sweep_wheel_collision`` says how wheels find the ground; ours is smooth, where a ray finds the same.
The wheels' ``position`` is read only, as CARLA's reference has it.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.blueprint_models import SALOON, body_model, driven_model
from wormdrive.carla_server.actors.physics_values import (
    CENTRE,
    DRAG,
    FRICTION,
    GEARS,
    MASS,
    STEERING,
    TORQUE,
    WHEELS,
    fresh_values,
)
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.numbers import number
from wormdrive.carla_server.world import VehicleModel
from wormdrive.carla_server.world.vehicles.ackermann_geometry import TRACK_BY_WIDTH
from wormdrive.carla_server.world.vehicles.powertrain import MOST_GEARS, MOST_POINTS

__all__ = ["FRICTION", "keep_physics", "model_and_grip", "physics_of"]

_TINY: Final = 1e-6
_MOST: Final = 1e6
_NUMBERS: Final = {
    1: ("max_rpm", 1.0, _MOST),
    2: ("moi", _TINY, _MOST),
    3: ("damping_rate_full_throttle", 0.0, _MOST),
    4: ("damping_rate_zero_throttle_clutch_engaged", 0.0, _MOST),
    5: ("damping_rate_zero_throttle_clutch_disengaged", 0.0, _MOST),
    7: ("gear_switch_time", 0.0, _MOST),
    8: ("clutch_strength", 0.0, _MOST),
    9: ("final_ratio", 0.01, 1000.0),
}
_FLAGS: Final = {6: "use_gear_autobox", 16: "use_sweep_wheel_collision"}
_TABLES: Final = {
    TORQUE: ("torque_curve", ("x", "y"), MOST_POINTS, (-_MOST, 0.0), (_MOST, _MOST)),
    GEARS: ("forward_gears", ("ratio", "down_ratio", "up_ratio"), MOST_GEARS, (0.01, 0.0, 0.0), (1000.0, _MOST, _MOST)),
    STEERING: ("steering_curve", ("x", "y"), MOST_POINTS, (-_MOST, 0.0), (_MOST, 1.0)),
}
_WHEEL: Final = {
    "tire_friction": (0.0, _MOST),
    "damping_rate": (0.0, _MOST),
    "max_steer_angle": (0.0, 89.0),
    "radius": (5.0, 500.0),
    "max_brake_torque": (0.0, _MOST),
    "max_handbrake_torque": (0.0, _MOST),
    "lat_stiff_max_load": (0.01, _MOST),
    "lat_stiff_value": (0.0, _MOST),
    "long_stiff_value": (0.0, _MOST),
}
"""Names as the client has them, which refusals use; by their place on the wire, with the least and the most allowed."""
_LOCK: Final = 2
_AXLE_SHARE: Final = 0.05
"""Of the weight that an axle carries at least."""
_LOWEST_M, _HIGHEST_M = 0.05, 5.0


def physics_of(vehicle: Vehicle) -> list[Any]:
    """Physics of a vehicle, as last applied and as a friction trigger has it, with its wheels where they are now."""
    values = list(fresh_values(vehicle.type_id) if vehicle.physics is None else vehicle.physics)
    parameters = body_model(vehicle.blueprint).parameters
    wheels = []
    for k, wheel in enumerate(values[WHEELS]):
        along = parameters.front_m if k < 2 else -parameters.rear_m
        across = 0.5 * TRACK_BY_WIDTH * parameters.width_m * (1 if k % 2 == 0 else -1)
        x, y, z = vehicle.pose.turned((along, across, 0.01 * wheel[3]))
        position = [100.0 * (vehicle.pose.x + x), -100.0 * (vehicle.pose.y + y), 100.0 * (vehicle.pose.z + z)]
        wheels.append([wheel[0] if vehicle.friction is None else vehicle.friction, *wheel[1:9], position])
    values[WHEELS] = wheels
    return values


def keep_physics(vehicle: Vehicle, values: Any) -> None:
    """Take over the physics that a client applies; a mass is cut off at 20 kg and 100 t, drag at 0 and 10.

    Raises
    ------
    RequestError
        The values are not those of a vehicle, or cannot act; names the field, such as ``wheels[2].max_steer_angle``.
    """
    if not _is_array(values, 17) or not _is_array(values[WHEELS]) or len(values[WHEELS]) != 4:
        raise RequestError("the physics control: allowed are 17 values and 4 wheels")
    kept = list(values[:17])
    for place, (name, least, most) in _NUMBERS.items():
        kept[place] = _checked(values[place], name, least, most)
    for place, name in _FLAGS.items():
        if not isinstance(values[place], bool):
            raise RequestError(f"{name}={values[place]!r:.60}: allowed are true, false")
    for place in _TABLES:
        kept[place] = _table(values[place], place)
    kept[MASS] = number(values[MASS], name="mass")
    if kept[MASS] <= 0.0:
        raise RequestError(f"mass={kept[MASS]:g}: allowed are numbers above 0")
    kept[MASS] = min(max(kept[MASS], 20.0), 100_000.0)
    kept[DRAG] = min(max(number(values[DRAG], name="drag_coefficient"), 0.0), 10.0)
    kept[CENTRE] = _centre(vehicle, values[CENTRE])
    kept[WHEELS] = [_wheel(wheel, k) for k, wheel in enumerate(values[WHEELS])]
    vehicle.physics = kept


def _centre(vehicle: Vehicle, values: Any) -> list[float]:
    """Read the centre of mass, which has to be between the axles, above the ground and in the middle."""
    x, y, z = _row(values, "center_of_mass", ("x", "y", "z"))
    body = body_model(vehicle.blueprint).parameters
    spare = _AXLE_SHARE * body.wheelbase_m
    _checked(x, "center_of_mass.x", spare - body.rear_m, body.front_m - spare)
    _checked(z, "center_of_mass.z", _LOWEST_M - body.height_m, _HIGHEST_M - body.height_m)
    if abs(y) > _TINY:
        raise RequestError(f"center_of_mass.y={y:g}: allowed is 0, since both sides are as heavy")
    return [x, 0.0, z]


def _wheel(values: Any, k: int) -> list[Any]:
    """Read a wheel; those at the rear do not steer."""
    name = f"wheels[{k}]"
    read = _row(values, name, tuple(_WHEEL))
    for value, (column, (least, most)) in zip(read, _WHEEL.items(), strict=True):
        _checked(value, f"{name}.{column}", least, most)
    if k >= 2 and read[_LOCK] > _TINY:
        raise RequestError(f"{name}.max_steer_angle={read[_LOCK]:g}: allowed is 0, since rear wheels do not steer")
    return [*read, [0.0, 0.0, 0.0]]


def _table(values: Any, place: int) -> list[list[float]]:
    """Read a curve, whose points have to rise, or the gears."""
    name, columns, longest, least, most = _TABLES[place]
    if not _is_array(values):
        raise RequestError(f"{name}: allowed is an array")
    read = [_row(row, f"{name}[{k}]", columns) for k, row in enumerate(values)]
    if not 1 <= len(read) <= longest:
        raise RequestError(f"{name} of {len(read)} rows: allowed are 1 to {longest}")
    for k, row in enumerate(read):
        for value, column, low, high in zip(row, columns, least, most, strict=True):
            _checked(value, f"{name}[{k}].{column}", low, high)
        if place != GEARS and k and row[0] <= read[k - 1][0]:
            raise RequestError(f"{name}[{k}].x={row[0]:g}: allowed are numbers above the point's before it")
    return read


def _checked(value: Any, name: str, least: float, most: float) -> float:
    """Read a number that has to lie within bounds."""
    read = number(value, name=name)
    if not least <= read <= most:
        raise RequestError(f"{name}={read:g}: allowed are numbers from {least:g} to {most:g}")
    return read


def _row(values: Any, name: str, columns: Sequence[str]) -> list[float]:
    """Read numbers that have names of their own."""
    if not _is_array(values, len(columns)):
        raise RequestError(f"{name}: allowed are at least {len(columns)} values")
    return [number(value, name=f"{name}.{column}") for value, column in zip(values, columns, strict=False)]


def _is_array(values: Any, shortest: int = 0) -> bool:
    return isinstance(values, (list, tuple)) and len(values) >= shortest


def model_and_grip(vehicle: Vehicle) -> tuple[VehicleModel, float]:
    """Return what a vehicle's physics makes of its blueprint's body, and the mean grip of its tyres [-].

    The saloon is the embedded simulator's as long as nothing but its tyres' friction has been changed.
    """
    values = physics_of(vehicle)
    grip = max(sum(wheel[0] for wheel in values[WHEELS]) / (4.0 * FRICTION), 0.0)
    held = min(max(grip, 0.05), 4.0)
    if vehicle.type_id != SALOON or not _alike(_frictionless(values), _frictionless(fresh_values(SALOON))):
        return driven_model(vehicle.blueprint, values), held
    base = body_model(vehicle.blueprint)
    rolling = min(base.parameters.rolling, grip)  # tyres without friction do not resist rolling, either
    return replace(base, parameters=replace(base.parameters, rolling=rolling)), held


def _frictionless(values: list[Any]) -> list[Any]:
    """Leave out what does not make another vehicle: friction, position, how wheels find the ground."""
    return [*values[:WHEELS], [wheel[1:9] for wheel in values[WHEELS]]]


def _alike(one: Any, other: Any) -> bool:
    """Whether values are the same once they have gone over the wire, in single precision."""
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, bool):
        return one is other
    return math.isclose(_single(one), _single(other), rel_tol=_TINY)


def _single(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
