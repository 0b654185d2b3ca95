"""Files that an export writes: none is overwritten unless told to, none is ever seen half written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["write_new"]


def write_new(contents: Mapping[Path, bytes], *, force: bool) -> None:
    """Write files aside and rename them, in the given order; folders are made.

    Raises
    ------
    ArgumentError
        When one of them exists and ``force`` is not set (then none is written), or cannot be written.
    """
    for path in contents:
        if path.is_dir():
            raise ArgumentError(f"{path}: is a folder; allowed is the name of a file")
        if path.exists() and not force:
            raise ArgumentError(f"{path}: exists; allowed is a new name, or --force to replace it")
    new: list[Path] = []
    for path, data in contents.items():
        try:
            existed = path.exists()
            atomic_write(path, data)
            new += [] if existed else [path]
        except OSError as error:
            for half in new:  # one without the other is of no use
                half.unlink(missing_ok=True)
            raise ArgumentError(f"{path}: cannot be written: {error.strerror}") from error
