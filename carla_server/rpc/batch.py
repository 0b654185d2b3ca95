"""``apply_batch``: many commands in one call, each with an answer of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from wormdrive.carla_server.actors import walking
from wormdrive.carla_server.actors.actors import Actor, Vehicle, Walker
from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.common.pose import Pose
from wormdrive.carla_server.protocol import replies
from wormdrive.carla_server.protocol.axes import mirrored
from wormdrive.carla_server.protocol.numbers import integer, number, text, triple
from wormdrive.carla_server.protocol.values import read_ackermann_control, read_description, read_transform
from wormdrive.carla_server.rpc import actors, vehicles
from wormdrive.carla_server.rpc.context import CallContext
from wormdrive.carla_server.rpc.registry import calls, raw
from wormdrive.envs.common.errors import WormdriveError

_SPAWN: Final = 0
_TRANSFORM: Final = 6
_CONSOLE: Final = 20
_BLIND: Final = (2, 3, 4, 18)
"""Commands to which it is all the same where vehicles are: controls and lamps."""
_MOST_NESTED: Final = 8
"""Commands that follow a spawn may spawn, too; how often over."""


@dataclass
class _Batch:
    """What the commands of a batch leave for its end: vehicles that move together, and actors that were spawned."""

    moves: dict[Vehicle, Pose] = field(default_factory=dict)
    spawned: list[Actor] = field(default_factory=list)


@raw("apply_batch")
def apply_batch(context: CallContext, commands: Any, do_tick: Any = False) -> Any:
    """Carry out commands in order; a failure does not stop the others.

    Vehicles that are moved are moved together, before the next command that could tell: a Traffic Manager moves all
    those far from the hero, each tick.
    """
    batch = _Batch()
    answers = [_answer(context, command, batch) for command in commands]
    _move(context, batch)
    if do_tick:
        ticking = context.clock.tick()
        if asyncio.iscoroutine(ticking):
            return _after(ticking, answers)
    return context.introductions.answer(answers, batch.spawned, live=context.live)


async def _after(ticking: Any, answers: list[Any]) -> list[Any]:
    await ticking
    return answers


def _answer(context: CallContext, command: Any, batch: _Batch, spawned: int = 0, nested: int = 0) -> Any:
    try:
        return replies.value(_carry_out(context, command, batch, spawned, nested))
    except WormdriveError as error:
        return replies.failed_value(str(error))
    except (TypeError, ValueError, IndexError, KeyError):
        return replies.failed_value("the command is not laid out as it should be")


def _move(context: CallContext, batch: _Batch) -> None:
    if batch.moves:
        context.simulation.episode.move_vehicles(batch.moves)
        batch.moves.clear()


def _carry_out(context: CallContext, command: Any, batch: _Batch, spawned: int, nested: int) -> int:
    """Carry a command out and give the actor that it was about; actor 0 is the one just spawned."""
    kind, fields = command[0] if len(command) == 1 else command
    if kind == _TRANSFORM:
        mover = context.simulation.episode.find(integer(fields[0]) or spawned)
        if isinstance(mover, Vehicle):
            batch.moves[mover] = read_transform(fields[1])
            return mover.id
    if kind not in _BLIND:
        _move(context, batch)
    if kind == _SPAWN:
        return _spawn(context, fields, batch, nested)
    if kind == _CONSOLE:
        _console(context, text(fields if isinstance(fields, str) else fields[0]))
        return 0
    serve: Callable[..., None] | None = _COMMANDS.get(kind)
    if serve is None:
        raise RequestError(f"command {kind}: this server does not support it")
    actor = integer(fields[0]) or spawned
    serve(context, actor, *fields[1:])
    return actor


def _spawn(context: CallContext, fields: Any, batch: _Batch, nested: int) -> int:
    description, transform, parent, attachment, _, after = (*fields, "", [])[:6] if len(fields) < 6 else fields[:6]
    holder = integer(parent[1], low=1) if parent[0] else 0
    kind = integer(attachment) if holder else 0  # without a parent it is what the client's memory held
    actor = context.simulation.spawn(read_description(description), read_transform(transform), holder, kind)
    batch.spawned.append(actor)
    if nested < _MOST_NESTED:
        for command in after:
            _answer(context, command, batch, actor.id, nested + 1)
    return actor.id


def _console(context: CallContext, line: str) -> None:
    """Carry out a line for the console: ``wormdrive.season winter``; others are for Unreal and do nothing."""
    words = line.split()
    if words[:1] == ["wormdrive.season"] and len(words) == 2:
        context.simulation.set_season(words[1])


def _by_call(name: str) -> Callable[..., None]:
    """Serve a command as the call of that name."""

    def serve(context: CallContext, actor: int, *fields: Any) -> None:
        calls[name].function(context, actor, *fields)

    return serve


def _ackermann(context: CallContext, actor: int, values: Any) -> None:
    context.simulation.episode.vehicle(actor).ackermann = read_ackermann_control(values)


def _walker(context: CallContext, actor: int, values: Any) -> None:
    actors.walk(context, context.simulation.episode.find(actor), values)


def _physics(context: CallContext, actor: int, values: Any) -> None:
    vehicles.change_physics(context, context.simulation.episode.vehicle(actor), values)


def _walker_state(context: CallContext, actor: int, transform: Any, speed: Any) -> None:
    walker = context.simulation.episode.find(actor)
    if not isinstance(walker, Walker):
        raise RequestError(f"actor {actor} is a {walker.type_id}: allowed is a walker")
    context.simulation.episode.move(walker, walking.follow_crowd(walker, read_transform(transform), number(speed)))


def _location(context: CallContext, actor: int, location: Any) -> None:
    context.simulation.episode.move_to(context.simulation.episode.find(actor), mirrored(triple(location, bound=1e7)))


def _lamps(context: CallContext, actor: int, flags: Any) -> None:
    context.simulation.episode.vehicle(actor).lamps = integer(flags)


_COMMANDS: Final[Mapping[int, Callable[..., None]]] = MappingProxyType(
    {
        1: _by_call("destroy_actor"),
        2: vehicles.drive,
        3: _ackermann,
        4: _walker,
        5: _physics,
        6: _by_call("set_actor_transform"),
        7: _walker_state,
        8: _by_call("set_actor_target_velocity"),
        9: _by_call("set_actor_target_angular_velocity"),
        10: _by_call("add_actor_impulse"),
        11: _by_call("add_actor_force"),
        12: _by_call("add_actor_angular_impulse"),
        13: _by_call("add_actor_torque"),
        14: _by_call("set_actor_simulate_physics"),
        15: _by_call("set_actor_enable_gravity"),
        16: _by_call("set_actor_autopilot"),
        17: _by_call("show_vehicle_debug_telemetry"),
        18: _lamps,
        19: _location,
        21: _by_call("set_traffic_light_state"),
    }
)
"""Commands by their number."""
