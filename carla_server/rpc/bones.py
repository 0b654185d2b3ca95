"""Calls about what actors consist of: bones of walkers, and the one component that each actor is."""

from __future__ import annotations

from typing import Any

from wormdrive.carla_server.actors.actors import Actor, Vehicle, Walker
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import ORIGIN, Pose
from wormdrive.carla_server.protocol.axes import transform_to_carla
from wormdrive.carla_server.protocol.numbers import integer, text
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value


@value("get_bones_transform")
def bones(context: CallContext, number: Any) -> list[Any]:
    """Return a walker's bones: name, and transforms in the map's axes, in the walker's and in the bone's before it."""
    return [[[name, *(transform_to_carla(pose) for pose in poses)] for name, *poses in _bones(context, number)]]


@value("get_actor_bone_names")
def bone_names(context: CallContext, number: Any) -> list[str]:
    """List the bones of an actor: walkers alone have any."""
    return [name for name, *_ in _bones(context, number)]


@value("get_actor_bone_world_transforms")
def bones_in_the_map(context: CallContext, number: Any) -> list[Any]:
    """Return the bones' transforms in the map's axes."""
    return [transform_to_carla(pose) for _, pose, _, _ in _bones(context, number)]


@value("get_actor_bone_relative_transforms")
def bones_in_one_another(context: CallContext, number: Any) -> list[Any]:
    """Return the bones' transforms, each in the axes of the bone before it."""
    return [transform_to_carla(pose) for _, _, _, pose in _bones(context, number)]


def _bones(context: CallContext, number: Any) -> list[tuple[str, Pose, Pose, Pose]]:
    """Name, and poses in the map's axes, in the walker's and in the bone's before it; none but walkers have any."""
    walker = context.simulation.episode.find(integer(number))
    if not isinstance(walker, Walker):
        return []
    from wormdrive.carla_server.actors.walker_skeleton import bones_of, ground_of

    ground, places, found = ground_of(walker), {"": (0.0, 0.0, 0.0)}, []
    for name, parent, place in bones_of(walker):
        x, y, z = places[parent]
        relative = Pose(place[0] - x, place[1] - y, place[2] - z)
        places[name] = place
        found.append((name, ground.carrying(Pose(*place)), Pose(*place), relative))
    return found


@value("get_actor_component_names")
def component_names(context: CallContext, number: Any) -> list[str]:
    """Name the component that an actor is."""
    return [_component(context.simulation.episode.find(integer(number)))]


@value("get_actor_component_world_transform")
def component_in_the_map(context: CallContext, number: Any, component: Any) -> Any:
    """Return a component's transform in the map's axes."""
    return transform_to_carla(_known(context, number, component).pose)


@value("get_actor_component_relative_transform")
def component_in_its_actor(context: CallContext, number: Any, component: Any) -> Any:
    """Return a component's transform in its actor's axes."""
    _known(context, number, component)
    return transform_to_carla(ORIGIN)


def _component(actor: Actor) -> str:
    return "VehicleMesh" if isinstance(actor, Vehicle) else "DefaultSceneRoot"


def _known(context: CallContext, number: Any, component: Any) -> Actor:
    actor = context.simulation.episode.find(integer(number))
    if text(component) != _component(actor):
        raise RequestError(f"component {component[:80]!r} not found: a {actor.type_id} has {_component(actor)!r} alone")
    return actor


@value("get_actor_socket_names")
def socket_names(context: CallContext, number: Any) -> list[str]:
    """List sockets, at which actors could be mounted by name: none."""
    context.simulation.episode.find(integer(number))
    return []


@value("get_actor_socket_world_transforms")
def sockets_in_the_map(context: CallContext, number: Any) -> list[Any]:
    """Return the sockets' transforms: there are none."""
    return list(socket_names(context, number))


@value("get_actor_socket_relative_transforms")
def sockets_in_their_actor(context: CallContext, number: Any) -> list[Any]:
    """Return the sockets' transforms: there are none."""
    return list(socket_names(context, number))


@done("set_bones_transform")
def pose_bones(context: CallContext, number: Any, pose: Any) -> None:
    """Take note of a wish: walkers stand and stride in their own way."""
    context.simulation.episode.find(integer(number))


@done("blend_pose")
def blend(context: CallContext, number: Any, share: Any) -> None:
    """Take note of a wish: walkers stand and stride in their own way."""
    context.simulation.episode.find(integer(number))


@done("get_pose_from_animation")
def take_pose(context: CallContext, number: Any) -> None:
    """Take note of a wish: walkers stand and stride in their own way."""
    context.simulation.episode.find(integer(number))
