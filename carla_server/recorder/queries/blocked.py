"""``show_recorder_actors_blocked``: who did not get on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from wormdrive.carla_server.recorder.format import Kind, Packet
from wormdrive.carla_server.recorder.queries.page import LONGEST, Page
from wormdrive.carla_server.recorder.reader import RecordingFile

__all__ = ["blocked_text"]

_MOVING: Final = (Kind.VEHICLE, Kind.WALKER)
_LINE: Final = "{:8.0f} {:>6} {:<35} {:>10.0f}"
_MOST: Final = LONGEST // len(_LINE.format(0.0, 0, "", 0.0))


@dataclass
class _Stay:
    """Where an actor has been [cm], since when, for how long [s]."""

    actor: int
    type_id: str
    place: tuple[float, float, float] | None = None
    since_s: float = 0.0
    lasts_s: float = 0.0


def blocked_text(recording: RecordingFile, min_time_s: float, min_distance_cm: float) -> str:
    """Tell which vehicles and walkers stayed within a distance for at least so long; the longest stay comes first.

    Raises
    ------
    RequestError
        The recording is damaged, or there is too much to tell.
    """
    page = Page(recording)
    page.line(f"{'Time':>8} {'Id':>6} {'Actor':<35} {'Duration':>10}")
    stays: dict[int, _Stay] = {}
    found: list[tuple[float, str]] = []
    ends = [*recording.elapsed_s[1:].tolist(), recording.total_s][: len(recording)]

    def tell(stay: _Stay) -> None:
        if stay.lasts_s > 0.0 and stay.lasts_s >= min_time_s:
            found.append((stay.lasts_s, _LINE.format(stay.since_s, stay.actor, stay.type_id, stay.lasts_s)))
            if len(found) > _MOST:
                page.full()

    for frame, end_s in zip(recording, ends, strict=True):
        for added in frame.added:
            if added.kind in _MOVING:
                stays[added.actor] = _Stay(added.actor, added.type_id)
        for actor in frame.table(Packet.REMOVED)["actor"].tolist():
            if actor in stays:
                tell(stays.pop(actor))
        for actor, place, _ in frame.table(Packet.POSITIONS).tolist():
            stay = stays.get(actor)
            if stay is None:
                continue
            here = tuple(place)
            if stay.place is None or math.dist(stay.place, here) >= min_distance_cm:
                tell(stay)
                stay.place, stay.since_s, stay.lasts_s = here, frame.elapsed_s, 0.0
            stay.lasts_s = end_s - stay.since_s
    for stay in stays.values():
        tell(stay)
    for _, line in sorted(found, key=lambda entry: -entry[0]):
        page.line(line)
    return page.end()
