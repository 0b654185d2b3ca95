"""Lane types: those of the standard, and what files write instead."""

from __future__ import annotations

from typing import Final

from wormdrive.envs.roads.opendrive.document import Element

__all__ = ["read_lane_type"]

_TYPES: Final = frozenset(
    {
        "none", "driving", "stop", "shoulder", "biking", "sidewalk", "walking", "shared", "border", "restricted",
        "parking", "bidirectional", "median", "curb", "special1", "special2", "special3", "roadWorks", "tram", "rail",
        "entry", "exit", "onRamp", "offRamp", "connectingRamp", "slipLane", "bus", "taxi", "HOV",
    }
)  # fmt: skip
"""Of OpenDRIVE 1.4 to 1.8."""
_MEANT: Final = {name.lower(): name for name in _TYPES} | {"mwyentry": "entry", "mwyexit": "exit"}
"""mwyEntry and mwyExit are what OpenDRIVE 1.3 called them."""


def read_lane_type(lane: Element) -> str:
    """Read a lane's type; one that is written otherwise than in the standard, or unknown to it, is noted."""
    kind = lane.text("type", "none")
    if kind in _TYPES:
        return kind
    meant = _MEANT.get(kind.lower())
    if meant is None:
        lane.note(f"type={kind[:40]!r} is unknown; not driven on")
        return kind
    lane.note(f"type={kind[:40]!r}: read as {meant}")
    return meant
