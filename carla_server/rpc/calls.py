"""All calls by name: importing the modules fills the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wormdrive.carla_server.rpc import (  # noqa: F401  (each enters its calls as it is imported)
    actors,
    batch,
    bones,
    forces,
    maps,
    rays,
    recorder,
    scenery,
    session,
    traffic_lights,
    traffic_manager,
    unsupported,
    vehicles,
    weather,
)
from wormdrive.carla_server.rpc.registry import Call, calls

__all__ = ["CALLS"]

CALLS: Final[Mapping[str, Call]] = MappingProxyType(calls)
"""Every call that is served."""
