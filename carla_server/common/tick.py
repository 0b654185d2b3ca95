"""Tick: what one step of the simulation is known by, for everybody who measures, draws or records it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Tick"]


@dataclass(frozen=True, slots=True)
class Tick:
    """One step, made once when the world has taken it.

    Attributes
    ----------
    frame:
        Its number; never goes back.
    time_s, delta_s:
        Since the episode began, and since the tick before [s].
    gravity_mps2:
        What IMUs take for gravity.
    stream_port:
        Port of the streams, which actors' records name.
    rendering:
        Whether cameras are drawn.
    blocking:
        Whether payloads wait for readers that lag behind (synchronous mode).
    """

    frame: int
    time_s: float
    delta_s: float
    gravity_mps2: float
    stream_port: int
    rendering: bool
    blocking: bool
