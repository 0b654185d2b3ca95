"""Suite files: suites of drives or of flights, by the name of one that comes with the package or of a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.common.validation_errors import describe_validation_error
from wormdrive.envs.common.yaml_file import read_yaml_table

__all__ = ["read_suite", "suite_names", "validated_suite"]

AnySuite = TypeVar("AnySuite", bound=BaseModel)


def suite_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the suites in a folder of the package."""
    return tuple(sorted(file.stem for file in folder.glob("*.yaml")))


def read_suite(kind: type[AnySuite], name: str | Path, folder: Path) -> AnySuite:
    """Read a suite by its name in a folder of the package, or by its file, whose own name is the suite's unless said.

    A path in its ``maps`` is relative to the file.

    Raises
    ------
    ArgumentError
        If there is none such, or it is not a valid suite: the message names the file, the field and what is allowed.
    """
    names = suite_names(folder)
    file = folder / f"{name}.yaml" if str(name) in names else Path(name)
    if file.suffix not in (".yaml", ".yml"):
        raise ArgumentError(f"{one_of('suite', str(name), names)}, or the path of a .yaml file")
    values = {"name": file.stem, **read_yaml_table("suite", file, kind.model_fields)}
    if isinstance(values.get("maps"), list):
        values["maps"] = [_beside(file, map_name) for map_name in values["maps"]]
    return validated_suite(kind, values, f"suite {file}")


def validated_suite(kind: type[AnySuite], values: Mapping[str, object], what: str) -> AnySuite:
    """Return a suite of these values.

    Raises
    ------
    ArgumentError
        If one is not allowed; ``what`` it is of is said.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise ArgumentError(f"{what}: {describe_validation_error(kind, error)}") from error


def _beside(file: Path, map_name: object) -> object:
    """Read a relative map path from where the suite file lies."""
    if isinstance(map_name, str) and map_name.endswith(".xodr"):
        return str(file.parent / map_name)
    return map_name
