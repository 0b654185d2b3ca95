"""Import paths, ``module:attribute``: the one way in which commands and functions are told of a user's own code.

Whoever names a module has it imported and run: import paths come from command lines and callers, never out of files.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from wormdrive.envs.common.errors import ArgumentError, UserCodeError

__all__ = ["import_attribute", "import_own_module", "is_import_path", "running_own_code"]

_NAME: Final = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_PATH: Final = re.compile(f"({_NAME}):({_NAME})")


def is_import_path(text: object) -> bool:
    """Whether a text reads ``module:attribute``, such as ``mine:factory`` or ``package.module:Class.method``."""
    return isinstance(text, str) and _PATH.fullmatch(text) is not None


def import_attribute(path: str, argument: str) -> Any:
    """Import what ``module:attribute`` names; modules in the current folder are found, too.

    Raises
    ------
    ArgumentError
        It is no import path, or there is no such module or attribute; names ``argument``.
    UserCodeError
        The module could not be imported: names it and the line at fault, and keeps the cause.
    """
    match = _PATH.fullmatch(path) if isinstance(path, str) else None
    if match is None:
        raise ArgumentError(f"{argument}={path!r}: allowed is module:attribute, such as mine:factory")
    module, names = match.groups()
    found: Any = import_own_module(module, f"{argument}={path!r}")
    for name in names.split("."):
        try:
            found = getattr(found, name)
        except AttributeError:
            held = ", ".join(sorted(held for held in dir(found) if not held.startswith("_")))[:200]
            raise ArgumentError(f"{argument}={path!r}: {module} has no {name!r}; it has {held}") from None
    return found


def import_own_module(name: str, argument: str) -> Any:
    """Import a module by its dotted name, from the current folder or wherever Python looks.

    Raises
    ------
    ArgumentError
        There is none; begins with ``argument``.
    UserCodeError
        It could not be imported.
    """
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:  # as ``python -m`` does, whoever was started by a script's name
        sys.path.insert(0, here)
    try:
        with running_own_code(name, "importing it"):
            return import_module(name)
    except UserCodeError as error:
        missing = error.__cause__
        if isinstance(missing, ModuleNotFoundError) and missing.name and f"{name}.".startswith(f"{missing.name}."):
            raise ArgumentError(
                f"{argument}: there is no module {missing.name!r} in {here}, nor where Python looks for packages"
            ) from missing
        raise


@contextmanager
def running_own_code(path: str, doing: str) -> Iterator[None]:
    """Run code that ``path`` names; what it raises becomes an error that names it and the line at fault.

    Raises
    ------
    UserCodeError
        It raised an exception, which is kept as the cause.
    """
    try:
        yield
    except UserCodeError:  # told already, from farther inside
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise UserCodeError(
            f"{path}: {doing} raised {type(error).__name__}{_where(path, error)}{': ' if said else ''}{said}"
        ) from error


def _where(path: str, error: Exception) -> str:
    """Name the innermost line within the module itself."""
    stem = path.partition(":")[0].replace(".", "/")
    ends = (f"/{stem}.py", f"/{stem}/__init__.py")
    lines = [
        f" ({Path(frame.filename).name}, line {frame.lineno})"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).as_posix().endswith(ends)
    ]
    return lines[-1] if lines else ""
