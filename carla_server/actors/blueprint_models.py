"""Which of the world's vehicle models a blueprint stands for."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import Final

from wormdrive.carla_server.actors.blueprints import Blueprint
from wormdrive.carla_server.world import VEHICLE_MODELS, VehicleModel

__all__ = ["SALOON", "vehicle_model"]

SALOON: Final = "vehicle.wormdrive.saloon"
"""The embedded simulator's own car, exactly: what policies were trained on."""
_STEER_RAD: Final = math.radians(70.0)
_RATE_RADPS: Final = math.radians(70.0) / 0.4
"""Front wheels of CARLA's vehicles at full lock, and how fast they get there: steering commands of scripts and networks
that know CARLA mean these."""
_SPORTS: Final = ("vehicle.audi.tt", "vehicle.ford.mustang", "vehicle.dodge.charger_2020")
_MASS_KG: Final = {"vehicle.micro.microlino": 513.0, "vehicle.tesla.cybertruck": 3000.0}
_HIGH_M: Final = 1.7
_SHORT_M: Final = 3.9


@cache
def vehicle_model(blueprint: Blueprint) -> VehicleModel:
    """Physics of a vehicle of that blueprint."""
    if blueprint.id == SALOON:
        return VEHICLE_MODELS["car"]
    length, width, height = blueprint.size_m
    base = next(each.default for each in blueprint.attributes if each.name == "base_type")
    if base == "car":
        kind = "suv" if height >= _HIGH_M else "small_car" if length < _SHORT_M else "car"
        kind = "sports_car" if blueprint.id in _SPORTS else kind
    else:
        kind = base
    model = VEHICLE_MODELS[kind].resized(length, width, height, _MASS_KG.get(blueprint.id))
    if model.wheels == 2:
        return model
    return replace(model, parameters=replace(model.parameters, max_steer_rad=_STEER_RAD, steer_rate_radps=_RATE_RADPS))
