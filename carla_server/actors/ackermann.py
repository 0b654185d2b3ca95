"""Ackermann control: pedals and wheel that follow a wanted wheel angle, speed and acceleration."""

from __future__ import annotations

import math
from typing import Final

from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.protocol.values import VehicleControl
from wormdrive.carla_server.world.vehicles.powertrain import Powertrain
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["followed"]

_STANDING_MPS: Final = 0.1
_GAIN_PER_S: Final = 2.0
"""Acceleration by missing speed, for CARLA's proportional gain of 0.15; other gains scale it."""
_USUAL_GAIN: Final = 0.15


def followed(
    vehicle: Vehicle, parameters: VehicleParameters, dt_s: float, powertrain: Powertrain | None = None
) -> VehicleControl:
    """Return the control that follows what the vehicle's Ackermann control wants."""
    wanted = vehicle.ackermann
    if wanted is None:
        return vehicle.control
    forward = vehicle.pose.into(vehicle.velocity)[0]
    steer = wanted.steer / parameters.max_steer_rad
    if powertrain is not None:
        steer = powertrain.steer_for(wanted.steer, parameters.wheelbase_m, forward)
    steer = max(-1.0, min(steer, 1.0))
    if wanted.steer_speed > 0.0:
        most = wanted.steer_speed * dt_s / parameters.max_steer_rad
        steer = max(vehicle.control.steer - most, min(steer, vehicle.control.steer + most))
    if abs(wanted.speed) < _STANDING_MPS and abs(forward) < _STANDING_MPS:
        return VehicleControl(0.0, steer, 1.0, False, False, False, 0)
    backwards = wanted.speed < 0.0
    missing = (wanted.speed - forward) * (-1.0 if backwards else 1.0)
    gain = _GAIN_PER_S * vehicle.controller[0] / _USUAL_GAIN
    acceleration = gain * missing
    if wanted.acceleration > 0.0:
        acceleration = math.copysign(min(abs(acceleration), wanted.acceleration), acceleration)
    acceleration += parameters.rolling * 9.81 + parameters.drag_per_m * forward * forward
    throttle = max(0.0, min(acceleration / parameters.max_acceleration, 1.0))
    if powertrain is not None:
        force, gear = acceleration * parameters.mass_kg, -1 if backwards else max(vehicle.gear or 1, 1)
        throttle = powertrain.throttle_for(force, forward, gear)
        acceleration += powertrain.engine_drag(forward, gear) / parameters.mass_kg
    brake = max(0.0, min(-acceleration / max(parameters.max_braking, 1e-9), 1.0))
    return VehicleControl(throttle, steer, brake, False, backwards, False, 0)
