"""The table of calls: names, and the functions that serve them.

A module of calls decorates its functions with ``value`` (the call returns something) or ``done`` (it does not); they
are called with the server's ``CallContext`` and the arguments off the wire.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

__all__ = ["Call", "calls", "done", "raw", "value"]

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Call:
    """How a call is served: the function, whether it returns something, whether its result is wrapped already."""

    function: Callable[..., Any]
    returns: bool
    wrapped: bool = False


calls: dict[str, Call] = {}
"""All calls by name; filled when the modules of ``wormdrive.carla_server.rpc`` are imported."""


def value(name: str) -> Callable[[Function], Function]:
    """Serve a call that returns something."""
    return _entry(name, returns=True)


def done(name: str) -> Callable[[Function], Function]:
    """Serve a call that returns nothing."""
    return _entry(name, returns=False)


def raw(name: str) -> Callable[[Function], Function]:
    """Serve a call whose result goes out as it is."""
    return _entry(name, returns=True, wrapped=True)


def _entry(name: str, *, returns: bool, wrapped: bool = False) -> Callable[[Function], Function]:
    def enter(function: Function) -> Function:
        calls[name] = Call(function, returns, wrapped)
        return function

    return enter
