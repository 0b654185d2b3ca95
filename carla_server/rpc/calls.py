"""All calls by name: importing the modules fills the table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

from wormdrive.carla_server.rpc.registry import Call, calls

__all__ = ["CALLS"]

_THEMES: Final = (
    "actors", "batch", "bones", "forces", "maps", "rays", "recorder", "scenery", "session", "traffic_lights",
    "traffic_manager", "unsupported", "vehicles", "weather",
)  # fmt: skip
for _theme in _THEMES:
    import_module(f"wormdrive.carla_server.rpc.{_theme}")

CALLS: Final[Mapping[str, Call]] = MappingProxyType(calls)
"""Every call that is served."""
