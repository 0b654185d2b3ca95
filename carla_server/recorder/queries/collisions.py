"""``show_recorder_collisions``: who ran into whom, and when."""

from __future__ import annotations

from typing import Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.format import NOBODY, Kind, Packet
from wormdrive.carla_server.recorder.queries.page import Page
from wormdrive.carla_server.recorder.reader import RecordingFile

__all__ = ["collisions_text"]

ANY, HERO, OTHER = "a", "h", "o"
_LETTERS: Final = {int(Kind.VEHICLE): "v", int(Kind.WALKER): "w", int(Kind.TRAFFIC_LIGHT): "t"}
_ALLOWED: Final = "ahvwto"


def collisions_text(recording: RecordingFile, first: str, second: str) -> str:
    """Tell of the collisions between actors of two types: a (any), h (hero), v, w (walker), t (traffic light), o.

    A collision that lasts is told once.

    Raises
    ------
    RequestError
        There is no such type, the recording is damaged, or there is too much to tell.
    """
    for name, letter in (("type1", first), ("type2", second)):
        if letter not in _ALLOWED or len(letter) != 1:
            raise RequestError(f"{name}={letter!r}: allowed are {', '.join(_ALLOWED)}")
    page = Page(recording)
    page.line(f"{'Time':>8} {'Types':>6} {'Id':>6} {'Actor 1':<35} {'Id':>6} {'Actor 2':<35}")
    known: dict[int, tuple[str, str]] = {NOBODY: (OTHER, "")}
    before: set[tuple[int, int]] = set()
    told = False
    for frame in recording:
        for added in frame.added:
            known[added.actor] = _LETTERS.get(added.kind, OTHER), added.type_id
        now = set()
        for _, one, two, hero_1, hero_2 in frame.table(Packet.COLLISIONS).tolist():
            (letter_1, name_1), (letter_2, name_2) = known.get(one, (OTHER, "")), known.get(two, (OTHER, ""))
            if not (_fits(first, letter_1, hero_1) and _fits(second, letter_2, hero_2)):
                continue
            now.add((one, two))
            if (one, two) not in before:
                told = True
                page.line(
                    f"{frame.elapsed_s:8.0f}   {letter_1} {letter_2}  {one:>6} {name_1:<35} {two:>6} {name_2:<35}"
                )
        before = now
    return page.end(f"{recording.total_s:.0f}" if told else "")  # CARLA rounds once it has told a collision


def _fits(wanted: str, letter: str, hero: int) -> bool:
    return wanted in (ANY, letter) or (wanted == HERO and hero != 0)
