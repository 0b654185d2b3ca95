"""Extras: packages that only some users need, imported when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["import_extra"]


def import_extra(module: str, extra: str) -> Any:
    """Import a module that the extra ``wormdrive[extra]`` brings.

    Raises
    ------
    ArgumentError
        It is not installed, or something that it needs itself: names the command that brings both.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ArgumentError(f"{package}: not installed; pip install 'wormdrive[{extra}]'") from error
