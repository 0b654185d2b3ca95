"""Calls about the recorder and the replayer, and about what recordings hold."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.protocol.numbers import integer, number, switch, text
from wormdrive.carla_server.protocol.values import read_transform
from wormdrive.carla_server.recorder.queries import blocked_text, collisions_text, info_text
from wormdrive.carla_server.recorder.reader import RecordingFile
from wormdrive.carla_server.recorder.validation import check
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.departure import SWITCH_AFTER_S
from wormdrive.carla_server.rpc.registry import done, value
from wormdrive.envs.common.errors import WormdriveError

Answer = Coroutine[Any, Any, str]
_log = logging.getLogger(__name__)
_SLOWEST, _FASTEST = 0.001, 1000.0
_LONGEST_S: Final = 1e9


@value("start_recorder")
def start(context: CallContext, name: Any, more: Any = False) -> str:
    """Begin to record; returns the file's path."""
    return context.recordings.start(text(name), switch(more))


@done("stop_recorder")
def stop(context: CallContext) -> None:
    """End the recording, if there is one."""
    context.recordings.stop()


@value("show_recorder_file_info")
def file_info(context: CallContext, name: Any, everything: Any = False) -> Answer:
    """Tell what is in a recording."""
    wanted = switch(everything)
    return _asked(context, name, lambda recording: info_text(recording, wanted))


@value("show_recorder_collisions")
def collisions(context: CallContext, name: Any, first: Any, second: Any) -> Answer:
    """Tell who ran into whom."""
    one, two = _letter(first), _letter(second)
    return _asked(context, name, lambda recording: collisions_text(recording, one, two))


@value("show_recorder_actors_blocked")
def blocked(context: CallContext, name: Any, min_time: Any = 60.0, min_distance: Any = 100.0) -> Answer:
    """Tell who stayed within a distance [cm] for a time [s]."""
    time_s, distance_cm = number(min_time, name="min_time"), number(min_distance, name="min_distance")
    return _asked(context, name, lambda recording: blocked_text(recording, time_s, distance_cm))


@value("replay_file")
def replay(
    context: CallContext,
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
    path = context.recordings.folder.for_reading(text(name))
    return _replayed(context, path, start_s, duration_s, options)


async def _replayed(
    context: CallContext, path: Path, start_s: float, duration_s: float, options: dict[str, Any]
) -> str:
    recording, begin_s, end_s = await asyncio.to_thread(_opened, path, start_s, duration_s)
    try:
        wanted = context.simulation.catalogue.find(recording.map_name)
        context.simulation.catalogue.load(wanted)
    except WormdriveError as error:
        recording.close()
        raise RequestError(f"{path}: {error}") from None
    total_s = recording.total_s

    def begin() -> dict[str, int]:
        return context.recordings.replay(recording, begin_s, end_s, **options)

    lines = [f"Replaying File: {path}"]
    missing: dict[str, int] = {}
    if wanted == context.simulation.episode.map_name:
        context.draw_pictures()  # a tick may have come meanwhile, whose pictures are not drawn yet
        missing = begin()
    else:
        _begin_on(context, wanted, begin)
        lines += [f"Loading map {recording.map_name}", "Replayer will start after map is loaded..."]
    lines.append(f"Total time recorded: {total_s:g}")
    factor = context.recordings.time_factor
    lines.append(f"Replaying from {begin_s:g} s - {end_s:g} s ({total_s:g} s) at {factor:.1f}x")
    if context.recordings.ignore_heroes:
        lines.append("Ignoring Hero vehicle")
    if context.recordings.ignore_spectator:
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
def stop_replayer(context: CallContext, keep: Any = False) -> None:
    """End the replay, if there is one."""
    context.recordings.stop_replayer(switch(keep))


@done("set_replayer_time_factor")
def time_factor(context: CallContext, factor: Any) -> None:
    """Set how much faster replays of this episode run."""
    value = number(factor, name="time_factor")
    if not _SLOWEST <= value <= _FASTEST:
        raise RequestError(f"time_factor={value:g}: allowed are {_SLOWEST:g} to {_FASTEST:g}")
    context.recordings.time_factor = value


@done("set_replayer_ignore_hero")
def ignore_hero(context: CallContext, on: Any) -> None:
    """Leave heroes out of the replays that follow, or not."""
    context.recordings.ignore_heroes = switch(on)


@done("set_replayer_ignore_spectator")
def ignore_spectator(context: CallContext, on: Any) -> None:
    """Leave the spectator where clients put it, or not."""
    context.recordings.ignore_spectator = switch(on)


def _asked(context: CallContext, name: Any, tell: Callable[[RecordingFile], str]) -> Answer:
    """Ask a recording, beside the loop: ticks go on meanwhile."""
    path = context.recordings.folder.for_reading(text(name))

    def read() -> str:
        with RecordingFile(path) as recording:
            return tell(recording)

    return asyncio.to_thread(read)


def _begin_on(context: CallContext, map_name: str, begin: Callable[[], object]) -> None:
    """Load a map, as late as ``load_new_episode`` does, and begin then."""

    def change() -> None:
        context.draw_pictures()
        factor = context.recordings.time_factor
        context.simulation.switch(map_name, reset_settings=True)
        context.recordings.time_factor = factor  # it was said for this replay, whose map is another one
        context.clock.changed.set()
        try:
            begin()
        except RequestError as error:
            _log.warning("the replay does not begin: %s", error)

    asyncio.get_running_loop().call_later(SWITCH_AFTER_S, change)


def _letter(value: Any) -> str:
    """Read a character: the client sends its number."""
    return chr(integer(value, high=127)) if isinstance(value, int) else text(value, 1)
