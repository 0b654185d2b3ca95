"""Replacing: a file that is there is written over with ``--force`` alone, but for the reports of ``evaluate``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

__all__ = ["require_new_files", "require_new_folder", "require_nothing_there"]


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
        require_nothing_there(file, force=force)


def require_nothing_there(path: Path, *, force: bool) -> None:
    """Refuse a file or folder that exists.

    Raises
    ------
    ArgumentError
        It exists and ``force`` is not set.
    """
    from wormdrive.envs.common.errors import ArgumentError

    if path.exists() and not force:
        raise ArgumentError(f"{path}: exists; --force replaces it, --out names another")


def require_new_folder(folder: Path, *, force: bool, page: str) -> None:
    """Refuse a folder that holds something, unless its ``page`` is to be replaced.

    Raises
    ------
    ArgumentError
        ``folder`` is a file; or it is not empty and ``force`` is not set.
    """
    from wormdrive.envs.common.errors import ArgumentError

    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"out={folder}: is a file; allowed is a folder (with --wiring: a picture)")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise ArgumentError(f"out={folder}: exists; allowed are a new folder, or --force to replace {page} in it")
