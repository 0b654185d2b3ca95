"""Write files aside, then rename: a reader never meets half a file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from wormdrive.envs.errors import ArgumentError

__all__ = ["write_text"]


def write_text(file: Path, text: str) -> None:
    """Write UTF-8 text, making the folder if needed.

    Raises
    ------
    ArgumentError
        If the file cannot be written.
    """
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise ArgumentError(f"{file}: cannot be written: {error.strerror}") from error
