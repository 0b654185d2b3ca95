"""Interrupts while kernels compile: Ctrl-C and SIGTERM are not lost, though LLVM calls Python back.

Python runs a signal's handler in the first Python code that comes. While LLVM makes machine code, which is most of the
time, that is a callback which llvmlite gets called from C; what is raised there cannot go further: ctypes prints and
drops it, and the program goes on as if nobody had pressed Ctrl-C. So handlers are looked after while numba compiles:
what they would raise in a callback, or what they raised and was dropped, is raised at the end of the compilation.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from llvmlite.binding.executionengine import ExecutionEngine
from numba.core import event

__all__ = ["CompilationInterrupts"]

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_CALLBACKS: Final = {
    getattr(ExecutionEngine, name).__code__
    for name in ("_raw_object_cache_notify", "_raw_object_cache_getbuffer")
    if hasattr(ExecutionEngine, name)
}
"""Called from C. Where llvmlite calls them otherwise, Ctrl-C still counts, after a line that says it was ignored."""


class CompilationInterrupts(event.Listener):
    """Listens to the compilations of the main thread, the only one to which signals come."""

    def __init__(self) -> None:
        self._depth = 0
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._heard: tuple[int, BaseException | None] | None = None
        """The last signal, and what its handler raised: None if it was not called, in a callback."""

    def on_start(self, event: Any) -> None:
        """Look after the handlers, from the outermost compilation on."""
        if threading.current_thread() is not threading.main_thread():
            return
        self._depth += 1
        if self._depth > 1:
            return
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                signal.signal(number, self._hear)

    def on_end(self, event: Any) -> None:
        """Raise what was dropped, unless it is on its way; with the outermost, put handlers back."""
        if threading.current_thread() is not threading.main_thread() or not self._depth:
            return
        self._depth -= 1
        handlers = self._handlers
        if not self._depth:
            for number, handler in handlers.items():
                if signal.getsignal(number) == self._hear:
                    signal.signal(number, handler)
            self._handlers = {}
        heard, self._heard = self._heard, None
        # numba's event says of every end that there was an error, or of none
        if heard is not None and (heard[1] is None or heard[1] is not sys.exc_info()[1]):
            handlers[heard[0]](heard[0], None)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if _is_called_from_c(frame):
            self._heard = number, None
            return
        try:
            self._handlers[number](number, frame)
        except BaseException as error:
            self._heard = number, error
            raise


def _is_called_from_c(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code in _CALLBACKS:
            return True
        frame = frame.f_back
    return False
