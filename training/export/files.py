"""Files that an export writes: none is overwritten unless told to, none is ever seen half written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from wormdrive.envs.common.atomic_write import atomic_write
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["write_c_pair", "write_new"]


def write_c_pair(folder: Path, name: str, header: str, source: str, *, overwrite: bool) -> tuple[Path, Path]:
    """Write ``name.h`` and ``name.c`` into a folder, which is made; return their paths.

    Raises
    ------
    ArgumentError
        ``folder`` is a file; or as ``write_new``.
    """
    if folder.exists() and not folder.is_dir():
        raise ArgumentError(f"{folder}: is a file; allowed is a folder, for {name}.h and {name}.c")
    paths = folder / f"{name}.h", folder / f"{name}.c"
    write_new({paths[0]: header.encode(), paths[1]: source.encode()}, overwrite=overwrite)
    return paths


def write_new(contents: Mapping[Path, bytes], *, overwrite: bool) -> None:
    """Write files aside and rename them, in the given order; folders are made.

    Raises
    ------
    ArgumentError
        When one of them exists and ``overwrite`` is not set (then none is written), or cannot be written.
    """
    for path in contents:
        if path.is_dir():
            raise ArgumentError(f"{path}: is a folder; allowed is the name of a file")
        if path.exists() and not overwrite:
            raise ArgumentError(f"{path}: exists; allowed is a new name, or overwrite=True to replace it")
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
