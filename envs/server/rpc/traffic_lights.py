"""Calls about traffic lights: states, times, groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wormdrive.envs.server.actors.lights import HEAD
from wormdrive.envs.server.protocol.numbers import integer, number, switch
from wormdrive.envs.server.rpc.table import done, value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk


@done("set_traffic_light_state")
def set_state(desk: Desk, actor: Any, state: Any) -> None:
    """Make a light show something until its group's next change."""
    episode = desk.simulation.episode
    episode.world.lights.set_state(episode.light(integer(actor)).index, integer(state, high=3))


@done("set_traffic_light_green_time")
def set_green(desk: Desk, actor: Any, seconds: Any) -> None:
    """Set how long a light's turn is green [s]."""
    episode = desk.simulation.episode
    episode.world.lights.set_times(episode.light(integer(actor)).index, green_s=number(seconds))


@done("set_traffic_light_yellow_time")
def set_yellow(desk: Desk, actor: Any, seconds: Any) -> None:
    """Set how long a light's turn is yellow [s]."""
    episode = desk.simulation.episode
    episode.world.lights.set_times(episode.light(integer(actor)).index, yellow_s=number(seconds))


@done("set_traffic_light_red_time")
def set_red(desk: Desk, actor: Any, seconds: Any) -> None:
    """Set how long all are red after a light's turn [s]."""
    episode = desk.simulation.episode
    episode.world.lights.set_times(episode.light(integer(actor)).index, red_s=number(seconds))


@done("freeze_traffic_light")
def freeze(desk: Desk, actor: Any, on: Any) -> None:
    """Stop the cycle of a light, or let it go on."""
    episode = desk.simulation.episode
    episode.world.lights.freeze(switch(on), episode.light(integer(actor)).index)


@done("freeze_all_traffic_lights")
def freeze_all(desk: Desk, on: Any) -> None:
    """Stop all cycles, or let them go on."""
    desk.simulation.episode.world.lights.freeze(switch(on))


@done("reset_traffic_light_group")
def reset_group(desk: Desk, actor: Any) -> None:
    """Begin the cycle of a light's group anew."""
    episode = desk.simulation.episode
    episode.world.lights.restart(episode.light(integer(actor)).index)


@done("reset_all_traffic_lights")
def reset_all(desk: Desk) -> None:
    """Begin all cycles anew."""
    desk.simulation.episode.world.lights.reset()


@value("get_group_traffic_lights")
def group(desk: Desk, actor: Any) -> list[int]:
    """List the lights that share a light's cycle, itself included."""
    episode = desk.simulation.episode
    members = episode.world.lights.group(episode.light(integer(actor)).index)
    return [episode.lights[member].id for member in members]


@value("get_light_boxes")
def boxes(desk: Desk, actor: Any) -> list[Any]:
    """List the boxes of a light's lamps: the whole head."""
    light = desk.simulation.episode.light(integer(actor))
    return [HEAD.moved(light.pose.place, light.pose.heading).packed(light.id)]
