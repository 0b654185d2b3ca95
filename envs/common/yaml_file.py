"""YAML files that people write: read as a table, or refused with an error that names the file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from wormdrive.envs.common.errors import ArgumentError

__all__ = ["read_yaml_table"]


def read_yaml_table(what: str, file: Path, fields: Iterable[str]) -> dict[str, Any]:
    """Read a file that holds one table; ``what`` it is and which ``fields`` it has are said in errors.

    Raises
    ------
    ArgumentError
        It cannot be read, is no YAML, or holds something else.
    """
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"{what} {file}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{what} {file}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ArgumentError(f"{what} {file}: a mapping with {', '.join(fields)} is wanted")
    return values
