"""Calls about what stands about: nothing of it has a name here. And drawings for people, which nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wormdrive.envs.server.protocol.numbers import number
from wormdrive.envs.server.rpc.table import done, value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk


@value("get_all_level_BBs")
def level_boxes(desk: Desk, tag: Any = 0) -> list[Any]:
    """List boxes of scenery: none."""
    return []


@value("get_environment_objects")
def environment_objects(desk: Desk, tag: Any = 0) -> list[Any]:
    """List pieces of scenery: none."""
    return []


@done("enable_environment_objects")
def enable_objects(desk: Desk, objects: Any, on: Any) -> None:
    """Show pieces of scenery or hide them: there are none."""


@value("get_names_of_all_objects")
def object_names(desk: Desk) -> list[str]:
    """List names of scenery: none."""
    return []


@done("draw_debug_shape")
def draw_shape(desk: Desk, shape: Any) -> None:
    """Draw for people: they do not look at this server's window, it has none."""


@done("clear_debug_shape")
def clear_shapes(desk: Desk) -> None:
    """Clear what was drawn for people."""


@done("clear_debug_string")
def clear_texts(desk: Desk) -> None:
    """Clear what was written for people."""


@done("set_annotations_traverse_translucency")
def translucency(desk: Desk, on: Any) -> None:
    """Take note of a wish: nothing is translucent."""


@value("get_imui_gravity")
def imu_gravity(desk: Desk) -> float:
    """Give what IMUs take for gravity [m/s²]."""
    return desk.simulation.gravity


@done("set_imui_gravity")
def set_imu_gravity(desk: Desk, gravity: Any) -> None:
    """Set what IMUs take for gravity [m/s²]."""
    desk.simulation.gravity = number(gravity, -1e3, 1e3)
