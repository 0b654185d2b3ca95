"""Crowd report: what a client's crowd last said of a walker."""

from __future__ import annotations

from dataclasses import dataclass

from wormdrive.carla_server.protocol.values import WalkerControl

__all__ = ["CrowdReport"]


@dataclass
class CrowdReport:
    """Where a walker is said to stand, and how long ago that was said.

    Attributes
    ----------
    place:
        x, y in the map's axes [m].
    control:
        What the walker was given for it: with another one it goes its own way again.
    since_s, steps:
        Time [s] and steps of the world since then.
    """

    place: tuple[float, float]
    control: WalkerControl
    since_s: float = 0.0
    steps: int = 0
