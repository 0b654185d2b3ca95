"""RecordingsFolder: the one place where recordings lie. Clients name files in it, and none elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from wormdrive.carla_server.common.errors import RequestError
from wormdrive.carla_server.recorder.format import MAX_BYTES, MAX_FOLDER_BYTES
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["RecordingsFolder", "default_folder"]

_LONGEST: Final = 200
_SMALLEST: Final = 2**20
"""A recording begins only where this many bytes are left to it: of what the folder may hold, and on the disk."""


def default_folder() -> Path:
    """Where recordings lie if nobody says otherwise: in the user's folder for programs' data."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "wormdrive" / "recordings"


class RecordingsFolder:
    """A folder that is made when it is first written to, or by ``make``.

    Parameters
    ----------
    path:
        By default ``default_folder()``.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or default_folder()).expanduser().absolute()

    def make(self) -> None:
        """Make the folder now, and see that files can be written into it.

        Raises
        ------
        ArgumentError
            They cannot.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path, prefix="."):
                pass
        except OSError as error:
            raise ArgumentError(
                f"recordings={self.path}: cannot be made or written into: {error.strerror}; "
                "allowed is a folder for the recorder's files"
            ) from None

    def for_reading(self, name: str) -> Path:
        """Path of a recording.

        Raises
        ------
        RequestError
            It is not in the folder, or there is none of that name.
        """
        path = self._inside(name)
        if not path.is_file():
            raise RequestError(f"{path}: no such recording on the server; they lie in {self.path}")
        return path

    def for_writing(self, name: str) -> tuple[Path, int]:
        """Path of a new recording, and how many bytes it may have; one of the same name is replaced.

        Raises
        ------
        RequestError
            It would not lie in the folder, or there is no room.
        """
        path = self._inside(name)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            held = self._held()
            free = shutil.disk_usage(self.path).free
        except OSError as error:
            raise RequestError(f"{self.path}: the folder of recordings cannot be used: {error.strerror}") from None
        left = min(MAX_BYTES, MAX_FOLDER_BYTES - held)
        if left < _SMALLEST:
            raise RequestError(f"{self.path}: holds {held} bytes; allowed are {MAX_FOLDER_BYTES}: take some away")
        if free < _SMALLEST:
            raise RequestError(f"{path}: {free} bytes are free on the disk of {self.path}; needed are {_SMALLEST}")
        if path.is_dir() or not path.parent.is_dir():
            raise RequestError(f"{path}: allowed is the name of a file in a folder that exists")
        return path, left

    def _held(self) -> int:
        """Bytes of all files in the folder."""
        held = 0
        for each in self.path.rglob("*"):
            with suppress(FileNotFoundError):  # another server has given a recording its name meanwhile
                held += each.stat().st_size if each.is_file() else 0
        return held

    def _inside(self, name: str) -> Path:
        """Where a name points to, if that is in the folder."""
        given = Path(name)
        plain = name.isprintable() and 0 < len(given.name) <= _LONGEST and not given.name.startswith(".")
        if given.is_absolute():
            allowed = plain and ".." not in given.parts
        else:
            allowed = plain and given.name == name and "\\" not in name and ":" not in name
        path = self._resolved(given) if allowed else None
        if path is None:
            raise RequestError(
                f"name={name[:_LONGEST]!r}: allowed are names without folders, which do not begin with a dot, and "
                f"paths of files in {self.path}, where recordings lie (wormdrive serve --recordings)"
            )
        return path

    def _resolved(self, given: Path) -> Path | None:
        """Follow symbolic links, and return the path if it does not lead out of the folder."""
        try:
            home = self.path.resolve()
            path = (self.path / given).resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a zero byte
            return None
        return path if home in path.parents and not path.name.startswith(".") else None
