"""Which of the world's vehicle models a blueprint stands for, as its physics control describes it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Any, Final

from wormdrive.carla_server.actors.blueprints import Blueprint
from wormdrive.carla_server.actors.physics_values import (
    AIR,
    CENTRE,
    DRAG,
    FRICTION,
    GEARS,
    MASS,
    SALOON,
    STEERING,
    TORQUE,
    WHEELS,
    fresh_values,
)
from wormdrive.carla_server.world import VEHICLE_MODELS, VehicleModel
from wormdrive.carla_server.world.vehicles.ackermann_geometry import middle_of_inner
from wormdrive.carla_server.world.vehicles.powertrain import Powertrain, WheelPhysics, lateral_stiffness

__all__ = ["SALOON", "body_model", "driven_model", "vehicle_model"]

_RATE_RADPS: Final = math.radians(70.0) / 0.4
"""How fast the front wheels of CARLA's vehicles get to full lock: steering commands of scripts and networks that know
CARLA mean this."""
_SPORTS: Final = ("vehicle.audi.tt", "vehicle.ford.mustang", "vehicle.dodge.charger_2020")
_HIGH_M: Final = 1.7
_SHORT_M: Final = 3.9


@cache
def vehicle_model(blueprint: Blueprint) -> VehicleModel:
    """Return the model of a vehicle of that blueprint whose physics nobody has changed."""
    if blueprint.id == SALOON:
        return VEHICLE_MODELS["car"]
    return driven_model(blueprint, fresh_values(blueprint.id))


@cache
def body_model(blueprint: Blueprint) -> VehicleModel:
    """Return measures, axles and leaning of a vehicle, whatever drives it."""
    if blueprint.id == SALOON:
        return VEHICLE_MODELS["car"]
    base = next(each.default for each in blueprint.attributes if each.name == "base_type")
    length, width, height = blueprint.size_m
    if base == "car":
        kind = "suv" if height >= _HIGH_M else "small_car" if length < _SHORT_M else "car"
        kind = "sports_car" if blueprint.id in _SPORTS else kind
    else:
        kind = base
    model = VEHICLE_MODELS[kind].resized(length, width, height)
    if model.wheels == 2:
        return model
    return replace(model, parameters=replace(model.parameters, steer_rate_radps=_RATE_RADPS))


def driven_model(blueprint: Blueprint, values: list[Any]) -> VehicleModel:
    """Return the model that a physics control, in the wire's order and found good, makes of a blueprint's body.

    Lock and steering commands mean the wheel on the bend's inside; where there is but one front wheel, and of the
    saloon, which they were made for, the axle's middle.
    """
    body = body_model(blueprint).resized(mass_kg=values[MASS])
    parameters = body.parameters
    ahead, _, up = values[CENTRE]
    left, right, *rear = (
        WheelPhysics(friction / FRICTION, damping, math.radians(lock), 0.01 * radius, *rest)
        for friction, damping, lock, radius, *rest, _ in values[WHEELS]
    )
    half_track = 0.0 if blueprint.id == SALOON else 0.5 * body.track_m
    max_rpm, moment, full_damping, engaged_damping, free_damping, automatic, switch_s, clutch, final = values[1:GEARS]
    powertrain = Powertrain(
        torque_curve=tuple((rpm, torque) for rpm, torque in values[TORQUE]),
        max_rpm=max_rpm,
        moment=moment,
        full_damping=full_damping,
        engaged_damping=engaged_damping,
        free_damping=free_damping,
        automatic=automatic,
        switch_s=switch_s,
        clutch=clutch,
        final_ratio=final,
        gears=tuple((ratio, down, up) for ratio, down, up in values[GEARS]),
        steering_curve=tuple((kmh, share) for kmh, share in values[STEERING]),
        wheels=(left, right, rear[0], rear[1]),
        half_track_m=half_track,
        ahead_m=ahead,
    )
    mass, lock = parameters.mass_kg, max(left.max_steer_rad, right.max_steer_rad)
    best = max(torque for _, torque in powertrain.torque_curve) * powertrain.ratio(1) / powertrain.radius_m
    parameters = replace(
        parameters,
        front_m=parameters.front_m - ahead,
        rear_m=parameters.rear_m + ahead,
        height_m=parameters.height_m + up,
        front_stiffness=lateral_stiffness((left, right)),
        rear_stiffness=lateral_stiffness((rear[0], rear[1])),
        max_steer_rad=max(middle_of_inner(lock, half_track / parameters.wheelbase_m), 1e-3),
        max_acceleration=best / mass,
        max_braking=powertrain.brake_force(mass),
        drag_per_m=0.5 * AIR * values[DRAG] * parameters.width_m * body.height_m / mass,
    )
    return replace(body, parameters=parameters, powertrain=powertrain)
