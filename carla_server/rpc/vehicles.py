"""Calls about vehicles: driving, physics, lamps, doors."""

from __future__ import annotations

import math
from typing import Any

from wormdrive.carla_server.actors.actors import Vehicle
from wormdrive.carla_server.actors.physics_control import keep_physics, physics_of
from wormdrive.carla_server.actors.telemetry import telemetry_of
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.enums import Wheel
from wormdrive.carla_server.protocol.numbers import integer, number
from wormdrive.carla_server.protocol.values import read_ackermann_control, read_vehicle_control
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value


@done("apply_control_to_vehicle")
def control(context: CallContext, actor: Any, values: Any) -> None:
    """Set pedals, wheel and gear."""
    drive(context, integer(actor), values)


def drive(context: CallContext, actor: int, values: Any) -> None:
    """Set pedals, wheel and gear."""
    episode = context.simulation.episode
    vehicle = episode.vehicle(actor)
    vehicle.ackermann = None
    episode.control(vehicle, read_vehicle_control(values))


@done("apply_ackermann_control_to_vehicle")
def ackermann(context: CallContext, actor: Any, values: Any) -> None:
    """Set wheel angle, speed and acceleration to follow."""
    context.simulation.episode.vehicle(integer(actor)).ackermann = read_ackermann_control(values)


@value("get_ackermann_controller_settings")
def controller(context: CallContext, actor: Any) -> list[float]:
    """Return the gains of the Ackermann controller."""
    return context.simulation.episode.vehicle(integer(actor)).controller


@done("apply_ackermann_controller_settings")
def set_controller(context: CallContext, actor: Any, values: Any) -> None:
    """Set the gains of the Ackermann controller."""
    gains = [number(gain, -1e3, 1e3) for gain in values]
    if len(gains) != 6:
        raise RequestError("the controller's settings: allowed are six gains")
    context.simulation.episode.vehicle(integer(actor)).controller = gains


@value("get_physics_control")
def physics(context: CallContext, actor: Any) -> list[Any]:
    """Return what a vehicle's physics is made of."""
    return physics_of(context.simulation.episode.vehicle(integer(actor)))


@done("apply_physics_control")
def set_physics(context: CallContext, actor: Any, values: Any) -> None:
    """Change what a vehicle's physics is made of."""
    change_physics(context, context.simulation.episode.vehicle(integer(actor)), values)


def change_physics(context: CallContext, vehicle: Vehicle, values: Any) -> None:
    """Change what a vehicle's physics is made of."""
    keep_physics(vehicle, values)
    context.simulation.episode.apply_physics(vehicle)


@value("get_wheel_steer_angle")
def wheel_angle(context: CallContext, actor: Any, wheel: Any) -> float:
    """Return the angle of a wheel [deg], positive right; the inner one of a bend turns farther than the outer one."""
    vehicle = context.simulation.episode.vehicle(integer(actor))
    if integer(wheel) not in (Wheel.FRONT_LEFT, Wheel.FRONT_RIGHT):
        return 0.0
    world = context.simulation.episode.world
    angle = float(world.state().steer_rad[world.row(vehicle.body)])
    return -math.degrees(world.model(vehicle.body).front_wheels(angle)[integer(wheel)])


@done("set_wheel_steer_direction")
def set_wheel_angle(context: CallContext, actor: Any, wheel: Any, angle: Any) -> None:
    """Take note of a wish: wheels turn as the vehicle steers."""
    context.simulation.episode.vehicle(integer(actor))


@value("get_wheel_pitch_angle")
def wheel_pitch(context: CallContext, actor: Any, wheel: Any) -> float:
    """Return how far a wheel has been turned about its axle by a script [deg]: never."""
    context.simulation.episode.vehicle(integer(actor))
    return 0.0


@done("set_wheel_pitch_angle")
def set_wheel_pitch(context: CallContext, actor: Any, wheel: Any, angle: Any) -> None:
    """Take note of a wish: wheels are not seen to turn."""
    context.simulation.episode.vehicle(integer(actor))


@value("get_telemetry_data")
def telemetry(context: CallContext, actor: Any) -> list[Any]:
    """Return what a vehicle is doing."""
    episode = context.simulation.episode
    return telemetry_of(episode.vehicle(integer(actor)), episode.world)


@done("show_vehicle_debug_telemetry")
def show_telemetry(context: CallContext, actor: Any, on: Any) -> None:
    """Take note of a wish: there is no window to show it in."""


@value("get_vehicle_light_states")
def lamps_of_all(context: CallContext) -> list[list[int]]:
    """Return which lamps of all vehicles are lit."""
    context.introductions.cycled()
    episode = context.simulation.episode
    return [[vehicle.id, episode.lamps_of(vehicle)] for vehicle in episode.actors.vehicles]


@value("get_vehicle_light_state")
def lamps(context: CallContext, actor: Any) -> list[int]:
    """Return which lamps of a vehicle are lit."""
    episode = context.simulation.episode
    return [episode.lamps_of(episode.vehicle(integer(actor)))]


@done("set_vehicle_light_state")
def set_lamps(context: CallContext, actor: Any, state: Any) -> None:
    """Switch the lamps of a vehicle."""
    context.simulation.episode.vehicle(integer(actor)).lamps = integer(state[0])


@done("open_vehicle_door")
def open_door(context: CallContext, actor: Any, door: Any) -> None:
    """Take note of a wish: doors stay shut."""
    context.simulation.episode.vehicle(integer(actor))


@done("close_vehicle_door")
def close_door(context: CallContext, actor: Any, door: Any) -> None:
    """Take note of a wish: doors are shut."""
    context.simulation.episode.vehicle(integer(actor))


@value("get_vehicle_bone_world_transforms")
def bones(context: CallContext, actor: Any) -> list[Any]:
    """List the bones of a vehicle: none."""
    context.simulation.episode.vehicle(integer(actor))
    return []
