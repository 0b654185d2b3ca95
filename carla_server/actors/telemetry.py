"""Telemetry: what a vehicle and its wheels are doing, in the wire's order."""

from __future__ import annotations

import math
from typing import Any, Final

from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.physics_control import physics_of
from wormdrive.carla_server.actors.physics_values import WHEELS
from wormdrive.carla_server.world import World
from wormdrive.envs.simulation.vehicle import GRAVITY

__all__ = ["telemetry_of"]

_RPM: Final = math.pi / 30.0
_IDLE_RPM, _RPM_BY_MPS = 800.0, 130.0
"""What the saloon shows, which has no engine."""


def telemetry_of(vehicle: Vehicle, world: World) -> list[Any]:
    """Return speed [m/s], pedals, engine speed [rpm], gear, drag [N] and the wheels.

    Of a wheel: friction, slip across [rad] and along [-], turning [rad/s], load [N] and by that at rest, torque [N m],
    forces along and across [N] and by mass [m/s²]. Forces across are not reported, they are the axle's.
    """
    state, row = world.state(), world.row(vehicle.body)
    model, speed = world.model(vehicle.body), float(state.speed_mps[row])
    p, gear, held = model.parameters, int(state.gear[row]), vehicle.control
    rpm = float(state.engine_radps[row]) / _RPM
    if model.powertrain is None:
        rpm = _IDLE_RPM + abs(speed) * _RPM_BY_MPS / max(abs(gear), 1)
    push = float(state.tyre_mps2[row])
    rest = [p.rear_m / p.wheelbase_m, p.front_m / p.wheelbase_m]
    shift = p.height_m * push / (GRAVITY * p.wheelbase_m)
    shares = [max(rest[0] - shift, 0.0), max(rest[1] + shift, 0.0)]
    wheels = []
    for k, wheel in enumerate(physics_of(vehicle)[WHEELS]):
        axle, radius = k // 2, 0.01 * wheel[3]
        load = 0.5 * p.mass_kg * GRAVITY * shares[axle]
        along = 0.25 * p.mass_kg * push
        slip = along / max(wheel[8] * GRAVITY, 1e-9)
        turning = speed * (1.0 + slip) / radius
        normal = load / max(0.5 * p.mass_kg * GRAVITY * rest[axle], 1e-9)
        wheels.append([wheel[0], 0.0, slip, turning, load, normal, along * radius, along, 0.0, 0.25 * push, 0.0])
    drag = p.drag_per_m * p.mass_kg * speed * abs(speed)
    return [speed, held.steer, held.throttle, held.brake, rpm, gear, drag, wheels]
