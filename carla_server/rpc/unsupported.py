"""Calls that this server knows and does not serve: each answers with an error that names it, in the shape expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import done, value

_RETURNING: Final = ("get_gbuffer_token",)
_SILENT: Final = (
    "apply_color_texture_to_objects",
    "apply_float_color_texture_to_objects",
    "disable_sensor_for_ros",
    "enable_carsim",
    "enable_chrono_physics",
    "enable_gbuffers",
    "enable_sensor_for_ros",
    "restore_physx_physics",
    "send",
    "set_ignored_vehicles",
    "use_carsim_road",
)


def _refusing(name: str) -> Callable[..., NoReturn]:
    def refuse(context: CallContext, *arguments: Any) -> NoReturn:
        raise RequestError("this server does not support the call")

    refuse.__doc__ = f"Refuse {name}."
    return refuse


@value("is_sensor_enabled_for_ros")
def enabled_for_ros(context: CallContext, stream: Any) -> bool:
    """Whether a sensor speaks to ROS: none does."""
    return False


for _name in _RETURNING:
    value(_name)(_refusing(_name))
for _name in _SILENT:
    done(_name)(_refusing(_name))
