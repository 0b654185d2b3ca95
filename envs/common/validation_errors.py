"""Validation errors of pydantic, worded as ours: the argument, its value, what is allowed."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

__all__ = ["describe_validation_error"]

_BOUNDS = (("ge", "{} or more"), ("gt", "more than {}"), ("le", "{} or less"), ("lt", "less than {}"))
_NUMBERS = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"})
_KINDS = {"tuple_type": "a list", "dict_type": "a table", "string_type": "a text", "model_type": "a table"}


def describe_validation_error(kind: type[BaseModel], error: ValidationError) -> str:
    """Word the first complaint of a configuration of ``kind``: ``length=4: allowed is 16 or more, 20000 or less``."""
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"{name}: missing"
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        return f"{name}={first['input']!r}: unknown; allowed are {', '.join(kind.model_fields)}"
    if first["type"] in _NUMBERS:
        allowed = f"allowed is {_range(kind, first['loc']) or first['msg']}"
    elif first["type"] in _KINDS:
        allowed = f"allowed is {_KINDS[first['type']]}"
    else:
        allowed = first["msg"].removeprefix("Value error, ").replace("Input should be", "allowed is")
    if first["type"] == "value_error" and isinstance(first["input"], dict):  # what is wrong in a table is named there
        return f"{name}: {allowed}" if name else allowed
    return f"{name}={first['input']!r}: {allowed}" if name else allowed


def _range(kind: type[BaseModel], place: tuple[int | str, ...]) -> str:
    """Tell both ends of a number's range; nothing for what lies deeper than a field."""
    field = kind.model_fields.get(str(place[0])) if len(place) == 1 else None
    found: list[Any] = [] if field is None else field.metadata
    return ", ".join(
        words.format(getattr(limit, bound)) for limit in found for bound, words in _BOUNDS if hasattr(limit, bound)
    )
