"""Ticks on a client's word, and clients that wait for them with Python's lock in their hands.

``apply_batch_sync(commands, True)`` keeps the lock (``Client.cpp``, ``ApplyBatchCommandsSync``) while it waits for the
tick's snapshot. The client reads all its streams in as many threads as the machine has cores, and each of them wants
the lock to hand over what a sensor has measured, and to let go of a sensor's callback after ``stop()``. With as many
sensors as cores none is left that could read the snapshot, and the client waits until its time-out. On the wire it is a
batch with a tick behind it, which may be two calls of a script, too. Its stack then:

    main thread   ApplyBatchCommandsSync, Client::ApplyBatchSync, Simulator::Tick, SynchronizeFrame, sched_yield
    all others    ~shared_count of the callback, AcquireGILDeleter, AcquireGIL, PyGILState_Ensure, take_gil

What a server can do: behind a batch the snapshot is sent first, what sensors have measured a little after the reply.
Where sensors have lost their listeners since the tick before, the threads may all wait already. The server asks: it
closes the connection for snapshots, which a client opens anew at once. If it does not come back, it is told the frame
that it knows, waits for nothing, and lets go of the lock; ``apply_batch_sync`` returns no frame. Clients that wait
without the lock (``tick``) come back and are told the right one.

Sensors that go on listening are not helped so. With eight cameras, two cores and ``tick`` right before, the first
``apply_batch_sync(commands, True)`` waits until its time-out: ``tick`` is over with the snapshot, what the cameras have
measured is on its way still. The stack then (client 0.9.16):

    main thread   ApplyBatchCommandsSync, Client::ApplyBatchSync, Simulator::Tick, SynchronizeFrame, sched_yield
    both others   Simulator::SubscribeToSensor, MakeCallback, AcquireGIL, PyGILState_Ensure, take_gil

Whatever a server sends from there on, nobody reads. Tried: to ask behind every batch, before the tick and after it. One
to five calls then go on after half a second, and the next one waits until its time-out.
"""

from __future__ import annotations

from typing import Any, Final

from wormdrive.carla_server.rpc.context import CallContext

__all__ = ["AFTER_REPLY_S", "tick_of"]

AFTER_REPLY_S: Final = 0.003
"""In which a client reads the snapshot [s]."""
_BACK_S: Final = 0.5
"""In which a client comes back for the world's stream, on a busy machine, too [s]."""


def tick_of(context: CallContext) -> Any:
    """Advance by one tick: the frame, or a coroutine that will give it."""
    hub, caller = context.hub, context.caller
    hub.release_sensors()
    let_go, hub.let_go = hub.let_go, False
    if caller is None or context.batched is not caller or not context.simulation.settings.synchronous_mode:
        return context.clock.tick()
    if let_go:
        hub.hold_sensors()
        return _told_if_heard(context, caller.host)
    if all(manager is not caller for _, manager in context.managers.values()):  # its batches come before every tick
        hub.hold_sensors()
    return context.clock.tick()


async def _told_if_heard(context: CallContext, host: str) -> int:
    hub = context.hub
    expected = hub.greeted + hub.ask_back(host)
    ticking = context.clock.tick()
    frame = ticking if isinstance(ticking, int) else await ticking
    return frame if await hub.until_greeted(expected, _BACK_S) else frame - 1
