"""``show_recorder_file_info``: what is in a recording, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from wormdrive.carla_server.recorder.format import Packet
from wormdrive.carla_server.recorder.queries.page import Page, plain
from wormdrive.carla_server.recorder.queries.physics import physics_lines
from wormdrive.carla_server.recorder.reader import Block, RecordingFile
from wormdrive.carla_server.recorder.variable import read_added, read_bones

__all__ = ["info_text"]

_LAMPS: Final = (
    "Position", "LowBeam", "HighBeam", "Brake", "RightBlinker", "LeftBlinker", "Reverse", "Fog", "Interior",
    "Special1", "Special2",
)  # fmt: skip
"""By rising bit."""


def info_text(recording: RecordingFile, everything: bool) -> str:
    """Tell of actors that come and go and of collisions; with ``everything`` of all that is recorded.

    Raises
    ------
    RequestError
        The recording is damaged, or there is too much to tell.
    """
    page = Page(recording)
    for frame in recording:
        lines = [line for block in frame.blocks for line in _lines(block, everything)]
        if lines or everything:
            page.line(f"Frame {frame.number} at {plain(frame.elapsed_s)} seconds")
        for line in lines:
            page.line(line)
    return page.end()


def _lines(block: Block, everything: bool) -> list[str]:
    if block.kind in _EVENTS:
        return _EVENTS[block.kind](block)
    if not everything:
        return []
    if block.kind in _TABLES:
        title, write = _TABLES[block.kind]
        rows = block.table().tolist()
        return [f" {title}: {len(rows)}", *(f"  {write(*row)}" for row in rows)]
    return _OTHERS[block.kind](block) if block.kind in _OTHERS else []


def _added(block: Block) -> list[str]:
    lines = []
    for one in read_added(block.cursor()):
        lines.append(f" Create {one.actor}: {one.type_id} ({one.kind}) at ({plain(*one.location)})")
        lines += [f"  {name} = {value}" for _, name, value in one.attributes]
    return lines


def _removed(block: Block) -> list[str]:
    return [f" Destroy {actor}" for actor in block.table()["actor"].tolist()]


def _parents(block: Block) -> list[str]:
    return [f" Parenting {actor} with {parent} (parent)" for actor, parent in block.table().tolist()]


def _collisions(block: Block) -> list[str]:
    heroes = ("", " (hero) ")
    return [
        f" Collision id {number} between {one}{heroes[first != 0]} with {two}{heroes[second != 0]}"
        for number, one, two, first, second in block.table().tolist()
    ]


def _position(actor: int, location: Any, rotation: Any) -> str:
    return f"Id: {actor} Location: ({plain(*location)}) Rotation ({plain(*rotation)})"


def _light(actor: int, frozen: int, elapsed_s: float, state: int) -> str:
    return f"Id: {actor} state: {state} frozen: {int(frozen != 0)} elapsedTime: {plain(elapsed_s)}"


def _vehicle(actor: int, steer: float, throttle: float, brake: float, hand_brake: int, gear: int) -> str:
    return (
        f"Id: {actor} Steering: {plain(steer)} Throttle: {plain(throttle)} Brake {plain(brake)} "
        f"Handbrake: {int(hand_brake != 0)} Gear: {gear}"
    )


def _lamps(actor: int, flags: int) -> str:
    lit = [name for bit, name in enumerate(_LAMPS) if flags >> bit & 1]
    return f"Id: {actor} {' '.join(lit) or 'None'}"


def _street_lamp(lamp: int, intensity: float, colour: Any, on: int, _: int) -> str:
    return f"Id: {lamp} enabled: {on != 0} intensity: {plain(intensity)} RGB_color: ({plain(*colour[:3])})"


def _kinematics(actor: int, velocity: Any, angular: Any) -> str:
    return f"Id: {actor} linear_velocity: ({plain(*velocity)}) angular_velocity: ({plain(*angular)})"


def _box(actor: int, origin: Any, extent: Any) -> str:
    return f"Id: {actor} origin: ({plain(*origin)}) extension: ({plain(*extent)})"


def _light_times(actor: int, green: float, yellow: float, red: float) -> str:
    return f"Id: {actor} green_time: {plain(green)} yellow_time: {plain(yellow)} red_time: {plain(red)}"


def _platform_time(block: Block) -> list[str]:
    return [f" Current platform time: {plain(block.cursor().number('d'))}"]


def _bones(block: Block) -> list[str]:
    walkers = read_bones(block.cursor())
    lines = [f" Walkers Bones: {len(walkers)}"]
    for actor, bones in walkers:
        lines.append(f"  Id: {actor}")
        for name, location, rotation in bones:
            lines.append(f'     Bone: "{name}" relative: Loc({plain(*location)}) Rot({plain(*rotation)})')
    return lines


_EVENTS: Final[Mapping[int, Callable[[Block], list[str]]]] = MappingProxyType(
    {
        Packet.ADDED: _added,
        Packet.REMOVED: _removed,
        Packet.PARENTS: _parents,
        Packet.COLLISIONS: _collisions,
    }
)
_TABLES: Final[Mapping[int, tuple[str, Callable[..., str]]]] = MappingProxyType(
    {
        Packet.POSITIONS: ("Positions", _position),
        Packet.TRAFFIC_LIGHTS: ("State traffic lights", _light),
        Packet.VEHICLES: ("Vehicle animations", _vehicle),
        Packet.WALKERS: ("Walker animations", lambda actor, speed: f"Id: {actor} speed: {plain(speed)}"),
        Packet.LAMPS: ("Vehicle light animations", _lamps),
        Packet.STREET_LAMPS: ("Scene light changes", _street_lamp),
        Packet.KINEMATICS: ("Dynamic actors", _kinematics),
        Packet.BOXES: ("Actor bounding boxes", _box),
        Packet.TRIGGERS: ("Actor trigger volumes", _box),
        Packet.LIGHT_TIMES: ("Traffic Light time events", _light_times),
    }
)
_OTHERS: Final[Mapping[int, Callable[[Block], list[str]]]] = MappingProxyType(
    {Packet.PLATFORM_TIME: _platform_time, Packet.PHYSICS: physics_lines, Packet.BONES: _bones}
)
