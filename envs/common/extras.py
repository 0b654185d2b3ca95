"""Extras: packages that not everybody needs, imported where they are used; a missing one is named in a line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from wormdrive.envs.common.errors import MissingPackageError

__all__ = ["import_extra", "needs_extra"]


@contextmanager
def needs_extra(extra: str, note: str = "") -> Iterator[None]:
    """Import a package of an extra of ours below this, at the head of a module or in a function.

    >>> with needs_extra("report"):
    ...     import jinja2

    Parameters
    ----------
    extra:
        Its name in ``pyproject.toml``.
    note:
        What else to say where it is missing.

    Raises
    ------
    MissingPackageError
        It is not installed, or cannot be loaded.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] == "wormdrive":
            raise
        raise MissingPackageError(extra, error, note) from error


def import_extra(module: str, extra: str) -> Any:
    """Import a module of a package that an extra of ours brings, by its full name.

    Raises
    ------
    MissingPackageError
        It is not installed, or cannot be loaded.
    """
    with needs_extra(extra):
        return import_module(module)
