"""Stopped: Ctrl-C, or SIGTERM, which counts as much, ends long work with one line that says what was kept."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

__all__ = ["NOTHING", "hear_sigint", "hear_sigterm", "status_of", "stoppable"]

NOTHING = "nothing was written"


class Terminated(KeyboardInterrupt):
    """SIGTERM came: what service managers, containers and `timeout` send."""


def hear_sigterm() -> None:
    """Let SIGTERM do what Ctrl-C does from here on."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)


def hear_sigint() -> None:
    """Let SIGINT end the command even if a shell has it ignored, as it does to what runs in the background."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def status_of(stop: KeyboardInterrupt) -> int:
    """Exit status, 128 and the signal's number, as shells have it."""
    return 128 + (signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)


@contextmanager
def stoppable(kept: Callable[[], str]) -> Iterator[None]:
    """End the command with a line on standard error when it is stopped; ``kept`` says what is left and how to go on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        print(f"wormdrive: stopped; {kept()}", file=sys.stderr)
        raise typer.Exit(status_of(stop)) from None


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
