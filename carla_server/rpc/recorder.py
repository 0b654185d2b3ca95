"""Calls about the recorder and the replayer, and about what recordings hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.numbers import integer, number, switch, text
from wormdrive.carla_server.protocol.values import read_transform
from wormdrive.carla_server.recorder.queries import blocked_text, collisions_text, info_text
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.validation import check
from wormdrive.carla_server.rpc.maps import SWITCH_AFTER_S
from wormdrive.carla_server.rpc.registry import done, value
from wormdrive.envs.common.errors import WormdriveError

if TYPE_CHECKING:
    from wormdrive.carla_server.rpc.dispatcher import Dispatcher

Answer = Coroutine[Any, Any, str]
_log = logging.getLogger(__name__)
_SLOWEST, _FASTEST = 0.001, 1000.0
_LONGEST_S: Final = 1e9


@value("start_recorder")
def start(dispatcher: Dispatcher, name: Any, more: Any = False) -> str:
    """Begin to record; returns the file's path."""
    return dispatcher.recordings.start(text(name), switch(more))


@done("stop_recorder")
def stop(dispatcher: Dispatcher) -> None:
    """End the recording, if there is one."""
    dispatcher.recordings.stop()


@value("show_recorder_file_info")
def file_info(dispatcher: Dispatcher, name: Any, everything: Any = False) -> Answer:
    """Tell what is in a recording."""
    wanted = switch(everything)
    return _asked(dispatcher, name, lambda recording: info_text(recording, wanted))


@value("show_recorder_collisions")
def collisions(dispatcher: Dispatcher, name: Any, first: Any, second: Any) -> Answer:
    """Tell who ran into whom."""
    one, two = _letter(first), _letter(second)
    return _asked(dispatcher, name, lambda recording: collisions_text(recording, one, two))


@value("show_recorder_actors_blocked")
def blocked(dispatcher: Dispatcher, name: Any, min_time: Any = 60.0, min_distance: Any = 100.0) -> Answer:
    """Tell who stayed within a distance [cm] for a time [s]."""
    time_s, distance_cm = number(min_time, name="min_time"), number(min_distance, name="min_distance")
    return _asked(dispatcher, name, lambda recording: blocked_text(recording, time_s, distance_cm))


@value("replay_file")
def replay(
    dispatcher: Dispatcher,
    name: Any,
    start: Any = 0.0,
    duration: Any = 0.0,
    follow: Any = 0,
    sensors: Any = False,
    offset: Any = None,
) -> Answer:
    """Replay a recording, on its own map, which is loaded first if another one is; returns CARLA's words."""
    start_s = number(start, -_LONGEST_S, _LONGEST_S, "time_start")
    duration_s = number(duration, 0.0, _LONGEST_S, "duration")
    options: dict[str, Any] = {"follow": integer(follow), "sensors": switch(sensors)}
    if offset is not None:
        options["mount"] = read_transform(offset)
    path = dispatcher.recordings.folder.for_reading(text(name))
    return _replayed(dispatcher, path, start_s, duration_s, options)


async def _replayed(
    dispatcher: Dispatcher, path: Path, start_s: float, duration_s: float, options: dict[str, Any]
) -> str:
    recording, begin_s, end_s = await asyncio.to_thread(_opened, path, start_s, duration_s)
    try:
        wanted = dispatcher.simulation.catalogue.find(recording.map_name)
        dispatcher.simulation.catalogue.load(wanted)
    except WormdriveError as error:
        recording.close()
        raise RequestError(f"{path}: {error}") from None
    total_s = recording.total_s

    def begin() -> dict[str, int]:
        return dispatcher.recordings.replay(recording, begin_s, end_s, **options)

    lines = [f"Replaying File: {path}"]
    missing: dict[str, int] = {}
    if wanted == dispatcher.simulation.episode.map_name:
        dispatcher.replied()  # a tick may have come meanwhile, whose pictures are not drawn yet
        missing = begin()
    else:
        _begin_on(dispatcher, wanted, begin)
        lines += [f"Loading map {recording.map_name}", "Replayer will start after map is loaded..."]
    lines.append(f"Total time recorded: {total_s:g}")
    factor = dispatcher.recordings.time_factor
    lines.append(f"Replaying from {begin_s:g} s - {end_s:g} s ({total_s:g} s) at {factor:.1f}x")
    if dispatcher.recordings.ignore_heroes:
        lines.append("Ignoring Hero vehicle")
    if dispatcher.recordings.ignore_spectator:
        lines.append("Ignoring Spectator camera")
    lines += [f"Left out: {count} {type_id}" for type_id, count in sorted(missing.items())]
    return "\n".join(lines) + "\n"


def _opened(path: Path, start_s: float, duration_s: float) -> tuple[RecordingFile, float, float]:
    """Open a recording that can be replayed from one time to another, and return these; beside the loop."""
    recording = RecordingFile(path)
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
def stop_replayer(dispatcher: Dispatcher, keep: Any = False) -> None:
    """End the replay, if there is one."""
    dispatcher.recordings.stop_replayer(switch(keep))


@done("set_replayer_time_factor")
def time_factor(dispatcher: Dispatcher, factor: Any) -> None:
    """Set how much faster replays of this episode run."""
    value = number(factor, name="time_factor")
    if not _SLOWEST <= value <= _FASTEST:
        raise RequestError(f"time_factor={value:g}: allowed are {_SLOWEST:g} to {_FASTEST:g}")
    dispatcher.recordings.time_factor = value


@done("set_replayer_ignore_hero")
def ignore_hero(dispatcher: Dispatcher, on: Any) -> None:
    """Leave heroes out of the replays that follow, or not."""
    dispatcher.recordings.ignore_heroes = switch(on)


@done("set_replayer_ignore_spectator")
def ignore_spectator(dispatcher: Dispatcher, on: Any) -> None:
    """Leave the spectator where clients put it, or not."""
    dispatcher.recordings.ignore_spectator = switch(on)


def _asked(dispatcher: Dispatcher, name: Any, tell: Callable[[RecordingFile], str]) -> Answer:
    """Ask a recording, beside the loop: ticks go on meanwhile."""
    path = dispatcher.recordings.folder.for_reading(text(name))

    def read() -> str:
        with RecordingFile(path) as recording:
            return tell(recording)

    return asyncio.to_thread(read)


def _begin_on(dispatcher: Dispatcher, map_name: str, begin: Callable[[], object]) -> None:
    """Load a map, as late as ``load_new_episode`` does, and begin then."""

    def change() -> None:
        dispatcher.replied()
        factor = dispatcher.recordings.time_factor
        dispatcher.simulation.switch(map_name, reset_settings=True)
        dispatcher.recordings.time_factor = factor  # it was said for this replay, whose map is another one
        dispatcher.clock.changed.set()
        try:
            begin()
        except RequestError as error:
            _log.warning("the replay does not begin: %s", error)

    asyncio.get_running_loop().call_later(SWITCH_AFTER_S, change)


def _letter(value: Any) -> str:
    """Read a character: the client sends its number."""
    return chr(integer(value, high=127)) if isinstance(value, int) else text(value, 1)
