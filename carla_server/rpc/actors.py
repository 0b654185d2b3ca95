"""Calls about actors: what can be spawned, what is there, spawning, moving, destroying."""

from __future__ import annotations

from functools import cache
from typing import Any

from wormdrive.carla_server.actors.actors import Actor, Prop, Vehicle, Walker
from wormdrive.carla_server.actors.blueprints import library
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.axes import mirrored
from wormdrive.carla_server.protocol.numbers import integer, switch, triple
from wormdrive.carla_server.protocol.values import read_description, read_transform, read_walker_control
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value


@cache
def _definitions() -> list[Any]:
    return [blueprint.definition() for blueprint in library().values()]


@value("get_actor_definitions")
def definitions(context: CallContext) -> list[Any]:
    """Return the blueprint library."""
    return _definitions()


@value("get_spectator")
def spectator(context: CallContext) -> list[Any]:
    """Return the actor that is always there."""
    return context.record(context.simulation.episode.spectator)


@value("get_actors_by_id")
def by_id(context: CallContext, numbers: Any) -> list[Any]:
    """Return those of the actors that exist."""
    found = (context.simulation.episode.actors.get(integer(number)) for number in numbers)
    return [context.record(actor) for actor in found if actor is not None]


@value("spawn_actor")
def spawn(context: CallContext, description: Any, transform: Any) -> Any:
    """Spawn an actor in the map's axes."""
    actor = context.simulation.spawn(read_description(description), read_transform(transform))
    return context.introductions.answer(context.record(actor), [actor], live=context.live)


@value("spawn_actor_with_parent")
def spawn_on(
    context: CallContext, description: Any, transform: Any, parent: Any, attachment: Any = 0, socket: Any = ""
) -> Any:
    """Spawn an actor in its parent's axes."""
    holder = integer(parent, low=1)
    wanted, mount = read_description(description), read_transform(transform)
    actor = context.simulation.spawn(wanted, mount, holder, integer(attachment))
    return context.introductions.answer(context.record(actor), [actor], live=context.live)


@value("destroy_actor")
def destroy(context: CallContext, number: Any) -> bool:
    """Destroy an actor."""
    context.simulation.destroy(context.simulation.episode.find(integer(number)))
    return True


@value("get_actor_bounding_box")
def bounding_box(context: CallContext, number: Any) -> list[Any]:
    """Return the same box as the actor's record."""
    context.introductions.seen(integer(number))
    box = context.simulation.episode.actors.box(integer(number))
    if box is None:
        raise RequestError(f"actor {number} not found")
    return box.packed(number)


@done("set_actor_transform")
def set_transform(context: CallContext, number: Any, transform: Any) -> None:
    """Move and turn an actor."""
    episode = context.simulation.episode
    episode.move(episode.find(integer(number)), read_transform(transform))


@done("set_actor_location")
def set_location(context: CallContext, number: Any, location: Any) -> None:
    """Move an actor."""
    context.simulation.episode.move_to(
        context.simulation.episode.find(integer(number)), mirrored(triple(location, bound=1e7))
    )


@done("set_actor_simulate_physics")
def simulate_physics(context: CallContext, number: Any, on: Any) -> None:
    """Hold an actor still, or let it go: props stand fast until then.

    For an actor that has just gone nothing is done: Traffic Managers say this in a thread of their own, in which an
    error ends the client's process.
    """
    episode = context.simulation.episode
    actor = episode.actors.get(integer(number))
    if actor is None and episode.actors.box(number) is None:
        raise RequestError(f"actor {number} not found")
    if isinstance(actor, Vehicle):
        context.simulation.episode.world.set_physics(actor.body, switch(on))
    elif isinstance(actor, Prop) and actor.parent is None:
        episode.set_prop_physics(actor, switch(on))


@done("set_actor_enable_gravity")
def gravity(context: CallContext, number: Any, on: Any) -> None:
    """Let gravity pull an actor, or not."""
    actor = context.simulation.episode.find(integer(number))
    if isinstance(actor, Vehicle):
        context.simulation.episode.world.set_gravity(actor.body, switch(on))


@done("set_actor_collisions")
def collisions(context: CallContext, number: Any, on: Any) -> None:
    """Let vehicles hit a prop, or pass through it; vehicles and walkers always collide, sensors and lights never."""
    actor = context.simulation.episode.find(integer(number))
    if isinstance(actor, Prop) and actor.parent is None:
        context.simulation.episode.world.props.set_solid(actor.body, switch(on))


@done("set_actor_dead")
def dead(context: CallContext, number: Any) -> None:
    """Stop a walker for good."""
    context.simulation.episode.find(integer(number))


@done("apply_control_to_walker")
def control_walker(context: CallContext, number: Any, control: Any) -> None:
    """Tell a walker where to go."""
    walk(context, context.simulation.episode.find(integer(number)), control)


def walk(context: CallContext, actor: Actor, control: Any) -> None:
    """Tell a walker where to go."""
    if not isinstance(actor, Walker):
        raise RequestError(f"actor {actor.id} is a {actor.type_id}: allowed is a walker")
    actor.control = read_walker_control(control)
