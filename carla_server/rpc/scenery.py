"""Calls about what stands about; and drawings for people, which nobody sees.

CARLA lists a whole level. Here trees, bushes and posts are listed around vehicles and the spectator, nearest first.
"""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.actors.actors import Prop, Vehicle, Walker
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.measurement.nearby_scenery import StandingObject, standing_around
from wormdrive.carla_server.protocol.axes import transform_to_carla
from wormdrive.carla_server.protocol.numbers import integer, number, switch
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value

_ANY: Final = 255
"""CARLA's label for everything."""
_CENTRES: Final = 8
"""Vehicles around which scenery is listed."""
_NAMES: Final = {3: "Building", 4: "Wall", 5: "Fence", 6: "Pole", 7: "TrafficLight", 8: "TrafficSign", 9: "Vegetation"}


@value("get_all_level_BBs")
def level_boxes(context: CallContext, tag: Any = _ANY) -> list[Any]:
    """List boxes of a class in the map's axes: scenery, and vehicles, walkers and props."""
    wanted = integer(tag, high=_ANY)
    boxes = [_box(one) for one in _standing(context) if wanted in (_ANY, one.tag)]
    for actor in context.simulation.episode.actors:
        if isinstance(actor, (Vehicle, Walker, Prop)) and wanted in (_ANY, actor.blueprint.tag):
            place = actor.pose.carrying(Pose(*actor.box.centre, actor.box.heading))
            location, rotation = transform_to_carla(place)
            boxes.append([location, actor.box.extent, rotation, actor.id])
    return boxes


@value("get_environment_objects")
def environment_objects(context: CallContext, tag: Any = _ANY) -> list[Any]:
    """List pieces of scenery of a class."""
    wanted = integer(tag, high=_ANY)
    return [_object(one) for one in _standing(context) if wanted in (_ANY, one.tag)]


@done("enable_environment_objects")
def enable_objects(context: CallContext, objects: Any, on: Any) -> None:
    """Show pieces of scenery, or hide them from all sensors and from vehicles, which drive through."""
    numbers = [integer(each, high=2**64 - 1) for each in objects]
    context.simulation.episode.world.hidden.change(numbers, hidden=not switch(on))


@value("get_names_of_all_objects")
def object_names(context: CallContext) -> list[str]:
    """List names of scenery."""
    return [_name(one) for one in _standing(context)]


def _standing(context: CallContext) -> list[StandingObject]:
    episode = context.simulation.episode
    nearby = [*episode.actors.vehicles[:_CENTRES], episode.spectator]
    return standing_around(episode.world, [(actor.pose.x, actor.pose.y) for actor in nearby])


def _name(one: StandingObject) -> str:
    return f"{_NAMES.get(one.tag, 'Thing')}_{one.number}"


def _box(one: StandingObject) -> list[Any]:
    location, rotation = transform_to_carla(one.pose)
    x, y, z = location
    return [(x, y, z + one.half_m[2]), one.half_m, rotation, 0]


def _object(one: StandingObject) -> list[Any]:
    return [transform_to_carla(one.pose), _box(one), one.number, _name(one), one.tag]


@done("draw_debug_shape")
def draw_shape(context: CallContext, shape: Any) -> None:
    """Draw for people: they do not look at this server's window, it has none."""


@done("clear_debug_shape")
def clear_shapes(context: CallContext) -> None:
    """Clear what was drawn for people."""


@done("clear_debug_string")
def clear_texts(context: CallContext) -> None:
    """Clear what was written for people."""


@done("set_annotations_traverse_translucency")
def translucency(context: CallContext, on: Any) -> None:
    """Take note of a wish: nothing is translucent."""


@value("get_imui_gravity")
def imu_gravity(context: CallContext) -> float:
    """Return what IMUs take for gravity [m/s²]."""
    return context.simulation.gravity


@done("set_imui_gravity")
def set_imu_gravity(context: CallContext, gravity: Any) -> None:
    """Set what IMUs take for gravity [m/s²]."""
    context.simulation.gravity = number(gravity, -1e3, 1e3)
