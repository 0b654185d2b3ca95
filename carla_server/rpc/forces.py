"""Calls that push, turn and hold vehicles, and push props; other actors take no notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from wormdrive.carla_server.actors.actors import Prop, Vehicle
from wormdrive.carla_server.protocol.axes import angular_from_carla, mirrored
from wormdrive.carla_server.protocol.numbers import integer, triple
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done
from wormdrive.carla_server.world import World
from wormdrive.carla_server.world.collisions.props import Props

Triple = tuple[float, float, float]
Push = Callable[[World, int, Triple], None]


def _turned(vector: Triple) -> Triple:
    """Bring a torque or angular impulse into our axes: a mirrored one turns the other way."""
    x, y, z = vector
    return -x, y, -z


_PUSHES: Final[Mapping[str, tuple[Push, Callable[[Triple], Triple]]]] = MappingProxyType(
    {
        "set_actor_target_velocity": (World.set_velocity, mirrored),
        "set_actor_target_angular_velocity": (World.set_angular_velocity, angular_from_carla),
        "enable_actor_constant_velocity": (World.hold_velocity, mirrored),
        "add_actor_impulse": (World.add_impulse, mirrored),
        "add_actor_force": (World.add_force, mirrored),
        "add_actor_angular_impulse": (World.add_angular_impulse, _turned),
        "add_actor_torque": (World.add_torque, _turned),
    }
)
"""What each call does to a vehicle, and how its vector comes into our axes."""
_ON_PROPS: Final[Mapping[str, Callable[[Props, int, Triple], None]]] = MappingProxyType(
    {"set_actor_target_velocity": Props.set_velocity, "add_actor_impulse": Props.add_impulse}
)


def _serving(name: str, push: Push, read: Callable[[Triple], Triple]) -> Callable[[CallContext, Any, Any], None]:
    on_props = _ON_PROPS.get(name)

    def serve(context: CallContext, number: Any, vector: Any) -> None:
        episode = context.simulation.episode
        actor = episode.find(integer(number))
        if isinstance(actor, Vehicle):
            push(episode.world, actor.body, read(triple(vector)))
        elif on_props is not None and isinstance(actor, Prop) and actor.parent is None:
            on_props(episode.world.props, actor.body, read(triple(vector)))

    return serve


for _name, (_push, _read) in _PUSHES.items():
    done(_name)(_serving(_name, _push, _read))


@done("disable_actor_constant_velocity")
def no_constant_velocity(context: CallContext, number: Any) -> None:
    """Let a vehicle go again."""
    context.simulation.episode.world.hold_velocity(context.simulation.episode.vehicle(integer(number)).body, None)


@done("add_actor_impulse_at_location")
def impulse_at(context: CallContext, number: Any, vector: Any, location: Any) -> None:
    """Push a vehicle once, away from its centre of gravity, which turns it, too."""
    _at_location(context, number, vector, location, World.add_impulse, World.add_angular_impulse)


@done("add_actor_force_at_location")
def force_at(context: CallContext, number: Any, vector: Any, location: Any) -> None:
    """Push a vehicle during the next tick, away from its centre of gravity."""
    _at_location(context, number, vector, location, World.add_force, World.add_torque)


def _at_location(context: CallContext, number: Any, vector: Any, location: Any, push: Push, turn: Push) -> None:
    actor = context.simulation.episode.find(integer(number))
    if not isinstance(actor, Vehicle):
        return
    along, at = mirrored(triple(vector)), mirrored(triple(location))
    about = (at[0] - actor.pose.x) * along[1] - (at[1] - actor.pose.y) * along[0]
    world = context.simulation.episode.world
    push(world, actor.body, along)
    turn(world, actor.body, (0.0, 0.0, about))
