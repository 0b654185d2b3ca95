"""Wrapped results: how CARLA says 'here it is', 'done' and 'no'.

Every reply but that of ``apply_batch`` is wrapped; the client turns the message of an error into a ``RuntimeError``.
"""

from __future__ import annotations

from typing import Any, Final

__all__ = ["DONE", "failed", "failed_value", "value"]

DONE: Final = ((False,),)
"""Success of a call that returns nothing."""


def value(result: Any) -> tuple[tuple[int, Any]]:
    """Success of a call that returns something."""
    return ((1, result),)


def failed(message: str) -> tuple[tuple[bool, tuple[str]]]:
    """Failure of a call that returns nothing."""
    return ((True, (message,)),)


def failed_value(message: str) -> tuple[tuple[int, tuple[str]]]:
    """Failure of a call that returns something."""
    return ((0, (message,)),)
