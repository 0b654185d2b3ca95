"""All calls by name: importing the modules has filled the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wormdrive.envs.server.rpc import (
    actors,
    batch,
    maps,
    rays,
    scenery,
    session,
    traffic_lights,
    traffic_manager,
    unsupported,
    vehicles,
    weather,
)
from wormdrive.envs.server.rpc.table import Call, calls

__all__ = ["CALLS", "MODULES"]

MODULES: Final = (
    actors,
    batch,
    maps,
    rays,
    scenery,
    session,
    traffic_lights,
    traffic_manager,
    unsupported,
    vehicles,
    weather,
)
CALLS: Final[Mapping[str, Call]] = MappingProxyType(calls)
"""Every call that is served."""
