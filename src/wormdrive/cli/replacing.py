"""Replacing: no command writes over a file that is there unless ``--force`` is given."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["require_new_files"]


def require_new_files(files: Iterable[Path], *, force: bool) -> None:
    """Refuse files that exist, before any work is done for them.

    Raises
    ------
    ArgumentError
        One exists and ``force`` is not set, or is a folder.
    """
    from wormdrive.envs.common.errors import ArgumentError

    for file in files:
        if file.is_dir():
            raise ArgumentError(f"{file}: is a folder; allowed is the name of a file")
        if file.exists() and not force:
            raise ArgumentError(f"{file}: exists; --force replaces it, --out names another")
