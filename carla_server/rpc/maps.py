"""Calls about maps: which there are, the one that is loaded, another one."""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.common.limits import MAX_MAP_MESSAGE
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol.axes import transform_to_carla
from wormdrive.carla_server.protocol.numbers import switch, text
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.departure import depart
from wormdrive.carla_server.rpc.registry import done, value
from wormdrive.carla_server.world.traffic.spawn_points import spawn_points

_ABOVE_GROUND_M: Final = 0.3
"""CARLA's spawn points hang a little above the road."""


@value("get_available_maps")
def available(context: CallContext) -> list[str]:
    """List the maps as the original does."""
    return [f"/Game/Carla/Maps/{name}" for name in context.simulation.catalogue.names]


@value("get_map_info")
def info(context: CallContext) -> list[Any]:
    """Return the map's name and its spawn points."""
    episode = context.simulation.episode
    points = [
        transform_to_carla(Pose(p.x, p.y, p.z + _ABOVE_GROUND_M, p.heading, p.pitch, p.roll))
        for p in episode.world.standing(spawn_points(episode.road_map))
    ]
    return [f"Carla/Maps/{episode.map_name}", points]


@value("get_map_data")
def data(context: CallContext) -> str:
    """Return the OpenDRIVE text."""
    return context.simulation.episode.road_map.text


@done("copy_opendrive_to_file")
def hand_in(context: CallContext, opendrive: Any, parameters: Any = None) -> None:
    """Take a map, if it is fit for clients; it is loaded by the call that follows."""
    context.simulation.catalogue.hand_in(text(opendrive, MAX_MAP_MESSAGE))


@done("load_new_episode")
def load(context: CallContext, name: Any, reset_settings: Any = True, layers: Any = 0) -> Any:
    """Begin a new episode, on another map or, without a name, on the same."""
    simulation = context.simulation
    wanted = text(name)
    found = simulation.catalogue.find(wanted) if wanted else simulation.episode.map_name
    context.next_map = simulation.catalogue.load(found)
    reset = switch(reset_settings)

    def change() -> None:
        context.next_map = None
        simulation.switch(found, reset)
        context.clock.changed.set()

    return depart(context, change)


@done("load_map_layer")
def load_layer(context: CallContext, layers: Any) -> None:
    """Load a layer: there is but one, always there."""


@done("unload_map_layer")
def unload_layer(context: CallContext, layers: Any) -> None:
    """Unload a layer: there is but one, always there."""
