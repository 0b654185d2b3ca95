"""Validation: whether the part of a recording that is to be replayed can be read, before anything of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from wormdrive.carla_server.recorder.cursor import broken
from wormdrive.carla_server.recorder.format import TABLES, Packet
from wormdrive.carla_server.recorder.reader import Block, RecordingFile
from wormdrive.carla_server.recorder.variable import read_added, read_bones, read_physics

__all__ = ["check"]

_MOST: Final = 20_000
"""Frames that are read, of those to be shown and of the others: about 2 s. Ticks check the rest as they get there."""
_OTHERS: Final[Mapping[int, Callable[[Block], object]]] = MappingProxyType(
    {
        Packet.ADDED: lambda block: read_added(block.cursor()),
        Packet.PHYSICS: lambda block: read_physics(block.cursor()),
        Packet.BONES: lambda block: read_bones(block.cursor()),
        Packet.PLATFORM_TIME: lambda block: block.cursor().number("d"),
    }
)


def check(recording: RecordingFile, start_s: float, stop_s: float) -> None:
    """Read the frames from one time to another, and all in which actors come or go: a replay needs those, too.

    Raises
    ------
    RequestError
        There is no frame, or one is damaged; names file and byte.
    """
    times = recording.elapsed_s
    if not len(times):
        broken(recording.path, 0, "it holds no frame, so there is nothing to replay")
    # with the frames around them: what is between two follows from both
    first = max(int(np.searchsorted(times, start_s)) - 2, 0)
    end = min(int(np.searchsorted(times, stop_s, "right")) + 1, len(times))
    events = np.flatnonzero(recording.eventful)
    elsewhere = events[(events < first) | (events >= end)]
    for index in (*range(first, end)[:_MOST], *elsewhere[:_MOST].tolist()):
        for block in recording.frame(index).blocks:
            if block.kind in TABLES:
                block.table()
            elif block.kind in _OTHERS:
                _OTHERS[block.kind](block)
