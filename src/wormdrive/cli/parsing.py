"""Turn options into configurations, and pydantic's complaints into ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.common.validation_errors import describe_validation_error

__all__ = ["parse_config"]

Config = TypeVar("Config", bound=BaseModel)


def parse_config(
    kind: type[Config], values: Mapping[str, Any], source: str = "", options: Mapping[str, str] | None = None
) -> Config:
    """Build a configuration; ``options`` names the command's option of a field where it is called otherwise.

    Raises
    ------
    ArgumentError
        A value is not allowed: names it, after ``source`` where the values come from a file.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        prefix = f"{source}: " if source else ""
        words = describe_validation_error(kind, error)
        for field, option in (options or {}).items():
            words = f"{option}{words.removeprefix(field)}" if words.startswith(f"{field}=") else words
        raise ArgumentError(prefix + words) from error
