"""Stopping between steps: a signal that comes in the middle of one waits until weights and position agree again."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

__all__ = ["stop_between_steps"]

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_between_steps() -> Iterator[Callable[[], bool]]:
    """Hold back SIGINT, and SIGTERM where somebody handles it; what is given tells whether one came.

    Whoever is told ends the block, and then the signal's own handler is called, which raises KeyboardInterrupt. A
    second signal does not wait. Outside the main thread, where signals never come, nothing is done.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            before[number](number, frame)

    for number in _SIGNALS:
        handler = signal.getsignal(number)
        if callable(handler):
            before[number] = handler
            signal.signal(number, note)
    try:
        yield lambda: bool(came)
    finally:
        for held, handler in before.items():
            signal.signal(held, handler)
    if came:
        before[came[0]](came[0], None)
