"""Calls about traffic lights: states, times, groups."""

from __future__ import annotations

from typing import Any

from wormdrive.carla_server.actors.lights import HEAD
from wormdrive.carla_server.protocol.numbers import integer, number, switch
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value


@done("set_traffic_light_state")
def set_state(context: CallContext, actor: Any, state: Any) -> None:
    """Make a light show something until its group's next change."""
    episode = context.simulation.episode
    episode.world.lights.set_state(episode.light(integer(actor)).index, integer(state, high=3))


@done("set_traffic_light_green_time")
def set_green(context: CallContext, actor: Any, seconds: Any) -> None:
    """Set how long a light's turn is green [s]."""
    episode = context.simulation.episode
    episode.world.lights.set_times(episode.light(integer(actor)).index, green_s=number(seconds))


@done("set_traffic_light_yellow_time")
def set_yellow(context: CallContext, actor: Any, seconds: Any) -> None:
    """Set how long a light's turn is yellow [s]."""
    episode = context.simulation.episode
    episode.world.lights.set_times(episode.light(integer(actor)).index, yellow_s=number(seconds))


@done("set_traffic_light_red_time")
def set_red(context: CallContext, actor: Any, seconds: Any) -> None:
    """Set how long all are red after a light's turn [s]."""
    episode = context.simulation.episode
    episode.world.lights.set_times(episode.light(integer(actor)).index, red_s=number(seconds))


@done("freeze_traffic_light")
def freeze(context: CallContext, actor: Any, on: Any) -> None:
    """Stop the cycle of a light, or let it go on."""
    episode = context.simulation.episode
    episode.world.lights.freeze(switch(on), episode.light(integer(actor)).index)


@done("freeze_all_traffic_lights")
def freeze_all(context: CallContext, on: Any) -> None:
    """Stop all cycles, or let them go on."""
    context.simulation.episode.world.lights.freeze(switch(on))


@done("reset_traffic_light_group")
def reset_group(context: CallContext, actor: Any) -> None:
    """Begin the cycle of a light's group anew."""
    episode = context.simulation.episode
    episode.world.lights.restart(episode.light(integer(actor)).index)


@done("reset_all_traffic_lights")
def reset_all(context: CallContext) -> None:
    """Begin all cycles anew."""
    context.simulation.episode.world.lights.reset()


@value("get_group_traffic_lights")
def group(context: CallContext, actor: Any) -> list[int]:
    """List the lights that share a light's cycle, itself included."""
    episode = context.simulation.episode
    members = episode.world.lights.group(episode.light(integer(actor)).index)
    return [episode.lights[member].id for member in members]


@value("get_light_boxes")
def boxes(context: CallContext, actor: Any) -> list[Any]:
    """List the boxes of a light's lamps: the whole head."""
    light = context.simulation.episode.light(integer(actor))
    return [HEAD.moved(light.pose.place, light.pose.heading).packed(light.id)]
