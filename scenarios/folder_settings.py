"""Folder settings: results of one folder are all of the same settings, also when work on them goes on later."""

from __future__ import annotations

from pathlib import Path

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.writing import write_text

__all__ = ["require_same_settings"]


def require_same_settings(file: Path, settings: str) -> None:
    """Note the settings in a file of the folder, or see that they are those that stand there.

    Raises
    ------
    ArgumentError
        Others stand there, or the file cannot be read or written.
    """
    try:
        held = file.read_text(encoding="utf-8") if file.exists() else settings
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{file}: cannot be read: {error}") from error
    if held != settings:
        raise ArgumentError(f"{file}: another configuration; allowed is the same one, or another folder")
    write_text(file, settings)
