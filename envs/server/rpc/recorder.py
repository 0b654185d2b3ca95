"""Calls about the recorder and the replayer, and about what recordings hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wormdrive.envs.errors import WormdriveError
from wormdrive.envs.server.protocol.numbers import integer, number, switch, text
from wormdrive.envs.server.protocol.values import read_transform
from wormdrive.envs.server.recorder.queries import blocked_text, collisions_text, info_text
from wormdrive.envs.server.recorder.reader import Recording
from wormdrive.envs.server.recorder.soundness import check
from wormdrive.envs.server.refusal import RefusedError
from wormdrive.envs.server.rpc.maps import SWITCH_AFTER_S
from wormdrive.envs.server.rpc.table import done, value

if TYPE_CHECKING:
    from wormdrive.envs.server.rpc.desk import Desk

Answer = Coroutine[Any, Any, str]
_log = logging.getLogger(__name__)
_SLOWEST, _FASTEST = 0.001, 1000.0
_LONGEST_S: Final = 1e9


@value("start_recorder")
def start(desk: Desk, name: Any, more: Any = False) -> str:
    """Begin to record; gives the file's path."""
    return desk.recordings.start(text(name), switch(more))


@done("stop_recorder")
def stop(desk: Desk) -> None:
    """End the recording, if there is one."""
    desk.recordings.stop()


@value("show_recorder_file_info")
def file_info(desk: Desk, name: Any, everything: Any = False) -> Answer:
    """Tell what is in a recording."""
    wanted = switch(everything)
    return _asked(desk, name, lambda recording: info_text(recording, wanted))


@value("show_recorder_collisions")
def collisions(desk: Desk, name: Any, first: Any, second: Any) -> Answer:
    """Tell who ran into whom."""
    one, two = _letter(first), _letter(second)
    return _asked(desk, name, lambda recording: collisions_text(recording, one, two))


@value("show_recorder_actors_blocked")
def blocked(desk: Desk, name: Any, min_time: Any = 60.0, min_distance: Any = 100.0) -> Answer:
    """Tell who stayed within a distance [cm] for a time [s]."""
    time_s, distance_cm = number(min_time, name="min_time"), number(min_distance, name="min_distance")
    return _asked(desk, name, lambda recording: blocked_text(recording, time_s, distance_cm))


@value("replay_file")
def replay(
    desk: Desk,
    name: Any,
    start: Any = 0.0,
    duration: Any = 0.0,
    follow: Any = 0,
    sensors: Any = False,
    offset: Any = None,
) -> Answer:
    """Replay a recording, on its own map, which is loaded first if another one is; gives CARLA's words."""
    start_s = number(start, -_LONGEST_S, _LONGEST_S, "time_start")
    duration_s = number(duration, 0.0, _LONGEST_S, "duration")
    options: dict[str, Any] = {"follow": integer(follow), "sensors": switch(sensors)}
    if offset is not None:
        options["mount"] = read_transform(offset)
    path = desk.recordings.folder.for_reading(text(name))
    return _replayed(desk, path, start_s, duration_s, options)


async def _replayed(desk: Desk, path: Path, start_s: float, duration_s: float, options: dict[str, Any]) -> str:
    recording, begin_s, end_s = await asyncio.to_thread(_opened, path, start_s, duration_s)
    try:
        wanted = desk.simulation.catalogue.find(recording.map_name)
        desk.simulation.catalogue.load(wanted)
    except WormdriveError as error:
        recording.close()
        raise RefusedError(f"{path}: {error}") from None
    total_s = recording.total_s

    def begin() -> dict[str, int]:
        return desk.recordings.replay(recording, begin_s, end_s, **options)

    lines = [f"Replaying File: {path}"]
    missing: dict[str, int] = {}
    if wanted == desk.simulation.episode.map_name:
        desk.replied()  # a tick may have come meanwhile, whose pictures are not drawn yet
        missing = begin()
    else:
        _begin_on(desk, wanted, begin)
        lines += [f"Loading map {recording.map_name}", "Replayer will start after map is loaded..."]
    lines.append(f"Total time recorded: {total_s:g}")
    factor = desk.recordings.time_factor
    lines.append(f"Replaying from {begin_s:g} s - {end_s:g} s ({total_s:g} s) at {factor:.1f}x")
    if desk.recordings.ignore_heroes:
        lines.append("Ignoring Hero vehicle")
    if desk.recordings.ignore_spectator:
        lines.append("Ignoring Spectator camera")
    lines += [f"Left out: {count} {type_id}" for type_id, count in sorted(missing.items())]
    return "\n".join(lines) + "\n"


def _opened(path: Path, start_s: float, duration_s: float) -> tuple[Recording, float, float]:
    """Open a recording that can be replayed from one time to another, and give these; beside the loop."""
    recording = Recording(path)
    try:
        total_s = recording.total_s
        begin_s = min(start_s if start_s >= 0.0 else max(total_s + start_s, 0.0), total_s)
        end_s = min(begin_s + duration_s, total_s) if duration_s > 0.0 else total_s
        check(recording, begin_s, end_s)
    except BaseException:
        recording.close()
        raise
    return recording, begin_s, end_s


@done("stop_replayer")
def stop_replayer(desk: Desk, keep: Any = False) -> None:
    """End the replay, if there is one."""
    desk.recordings.stop_replayer(switch(keep))


@done("set_replayer_time_factor")
def time_factor(desk: Desk, factor: Any) -> None:
    """Set how much faster replays of this episode run."""
    value = number(factor, name="time_factor")
    if not _SLOWEST <= value <= _FASTEST:
        raise RefusedError(f"time_factor={value:g}: allowed are {_SLOWEST:g} to {_FASTEST:g}")
    desk.recordings.time_factor = value


@done("set_replayer_ignore_hero")
def ignore_hero(desk: Desk, on: Any) -> None:
    """Leave heroes out of the replays that follow, or not."""
    desk.recordings.ignore_heroes = switch(on)


@done("set_replayer_ignore_spectator")
def ignore_spectator(desk: Desk, on: Any) -> None:
    """Leave the spectator where clients put it, or not."""
    desk.recordings.ignore_spectator = switch(on)


def _asked(desk: Desk, name: Any, tell: Callable[[Recording], str]) -> Answer:
    """Ask a recording, beside the loop: ticks go on meanwhile."""
    path = desk.recordings.folder.for_reading(text(name))

    def read() -> str:
        with Recording(path) as recording:
            return tell(recording)

    return asyncio.to_thread(read)


def _begin_on(desk: Desk, map_name: str, begin: Callable[[], object]) -> None:
    """Load a map, as late as ``load_new_episode`` does, and begin then."""

    def change() -> None:
        desk.replied()
        factor = desk.recordings.time_factor
        desk.simulation.switch(map_name, reset_settings=True)
        desk.recordings.time_factor = factor  # it was said for this replay, whose map is another one
        desk.ticker.changed.set()
        try:
            begin()
        except RefusedError as error:
            _log.warning("the replay does not begin: %s", error)

    asyncio.get_running_loop().call_later(SWITCH_AFTER_S, change)


def _letter(value: Any) -> str:
    """Read a character: the client sends its number."""
    return chr(integer(value, high=127)) if isinstance(value, int) else text(value, 1)
