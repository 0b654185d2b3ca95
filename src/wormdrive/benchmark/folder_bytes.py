"""Folder bytes: the files of a cell's folder as one value, to be sent where the folder itself cannot be seen."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["FolderBytes", "read_folder", "write_folder"]

FolderBytes = Mapping[str, bytes]
"""Contents of each file by its path from the folder, with ``/`` between parts."""


def read_folder(folder: Path) -> FolderBytes:
    """Read all files, in the order of their paths."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write_folder(folder: Path, files: FolderBytes) -> None:
    """Make a folder hold these files and no others.

    Raises
    ------
    ArgumentError
        A path leads out of the folder; nothing is written then.
    """
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or not path.parts or ".." in path.parts:
            raise ArgumentError(f"file {name!r}: allowed is a path inside of the folder")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    for name, contents in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(contents)
