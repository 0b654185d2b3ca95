"""Making of actors: what each family of blueprints becomes, and the body that the world gives it."""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.actors.actors import Actor, BoundingBox, Prop, Registry, Vehicle, Walker, feet_of
from wormdrive.carla_server.actors.blueprint_models import vehicle_model
from wormdrive.carla_server.actors.blueprints import FRICTION_TRIGGER, Blueprint
from wormdrive.carla_server.actors.friction_trigger import FrictionTrigger
from wormdrive.carla_server.actors.prop_masses import prop_mass_kg
from wormdrive.carla_server.actors.sensor_settings import check_sensor
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.world import World
from wormdrive.envs.common.errors import ArgumentError, SpawnError

__all__ = ["make_actor"]

_COLLISION: Final = "Spawn failed because of collision at spawn position"
"""The original's words: scripts look for them."""


def make_actor(
    world: World,
    actors: Registry,
    blueprint: Blueprint,
    values: dict[str, str],
    pose: Pose,
    *,
    parent: Actor | None,
    mount: Pose,
    crowded: bool,
) -> Actor:
    """Make an actor at ``pose``, with a body in ``world`` if it has one; it takes its id from ``actors``.

    ``mount`` is its pose in the parent's axes; with ``crowded`` a vehicle may stand in others.

    Raises
    ------
    RequestError
        There is no room, or an attribute is out of bounds.
    """
    common: dict[str, Any] = {"blueprint": blueprint, "attributes": values, "parent": parent, "mount": mount}
    length, width, height = blueprint.size_m
    box = BoundingBox((0.0, 0.0, 0.5 * height), (0.5 * length, 0.5 * width, 0.5 * height))
    try:
        if blueprint.family == "vehicle":
            body = world.spawn_vehicle(vehicle_model(blueprint), pose, crowded=crowded)
            return Vehicle(actors.new_id(), pose=pose, box=box, body=body, **common)
        if blueprint.family == "walker":
            centred = BoundingBox((0.0, 0.0, 0.0), box.extent)  # CARLA's walkers have their origin at the waist
            body = world.add_kinematic_body(feet_of(pose, centred), centred.extent)
            return Walker(actors.new_id(), pose=pose, box=centred, body=body, **common)
        if blueprint.id.startswith("static.prop."):
            solid, mass_kg = not _is_carried(parent), prop_mass_kg(blueprint)
            body = world.props.add(pose, box.extent, int(blueprint.tag), mass_kg, solid=solid)
            return Prop(actors.new_id(), pose=pose, box=box, body=body, **common)
    except SpawnError:
        raise RequestError(_COLLISION) from None
    except ArgumentError as error:
        raise RequestError(str(error)) from None
    if blueprint.id == FRICTION_TRIGGER:
        return FrictionTrigger(actors.new_id(), pose=pose, **common)
    if blueprint.family == "sensor":
        check_sensor(blueprint, values)
        return Actor(actors.new_id(), pose=pose, stream=actors.new_stream(), **common)
    return Actor(actors.new_id(), pose=pose, box=box, **common)


def _is_carried(holder: Actor | None) -> bool:
    """Whether a vehicle or walker is what carries, however many others are between."""
    while holder is not None:
        if isinstance(holder, (Vehicle, Walker)):
            return True
        holder = holder.parent
    return False
