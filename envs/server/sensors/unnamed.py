"""Unnamed: how sensors name what they meet and what is no actor, as CARLA does, by its class."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from wormdrive.envs.server.actors.actors import Box

__all__ = ["unnamed"]

_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {3: "building", 6: "pole", 7: "trafficlight", 8: "trafficsign", 9: "vegetation", 10: "terrain"}
)


def unnamed(tag: int) -> list[Any]:
    """Give the record of an actor with the id 0, such as ``static.vegetation``, in the wire's order."""
    return [0, 0, [0, f"static.{_NAMES.get(tag, 'other')}", []], Box().packed(0), bytes([tag]), b""]
