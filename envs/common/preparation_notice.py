"""Preparation notice: a line on standard error when kernels compile or art is baked, so that nobody wonders.

Either takes seconds, or minutes on a busy machine, when a machine does it for the first time.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from numba.core import event

from wormdrive.envs.common.compilation_interrupts import CompilationInterrupts

__all__ = ["tell_preparing", "watch_compilation"]

_log = logging.getLogger(__name__)
_told: list[str] = []


def tell_preparing(what: str) -> None:
    """Log what is being made ready: once in a process, whatever else is made after it."""
    if _told:
        return
    _told.append(what)
    _log.warning(
        "%s for this machine: seconds, or minutes on a busy one; what comes of it is kept where the disk allows", what
    )


@cache
def watch_compilation() -> None:
    """Have the first kernel of Wormdrive's own that is compiled, not read from disk, say so; a second call is none.

    From then on no compilation swallows Ctrl-C: see ``compilation_interrupts``.
    """
    event.register("numba:compile", _CompilationNotice())  # type: ignore[no-untyped-call]
    event.register("numba:compile", CompilationInterrupts())  # type: ignore[no-untyped-call]


class _CompilationNotice(event.Listener):
    def on_start(self, event: Any) -> None:
        function = getattr(event.data["dispatcher"], "py_func", None)
        if str(getattr(function, "__module__", "")).startswith("wormdrive."):
            tell_preparing("compiling kernels")

    def on_end(self, event: Any) -> None:
        """Nothing is said of the end."""
