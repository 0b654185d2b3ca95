"""Frozen model: a pydantic model that never changes, whose errors are one line of our own."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wormdrive.envs.common.errors import ConditionsError, WormdriveError

__all__ = ["FrozenModel"]


class FrozenModel(BaseModel):
    """Frozen, closed to unknown fields and to NaN; raises ``ConditionsError`` instead of pydantic's own error.

    Inside another pydantic model the complaint stays a part of that model's error, as pydantic has it. Sub-classes may
    choose another error, and what they are called in it, by ``error`` and ``called``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    error: ClassVar[type[WormdriveError]] = ConditionsError
    called: ClassVar[str] = ""

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise self.error(_one_line(type(self), error)) from None


def _one_line(model: type[FrozenModel], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=True)[0]
    path = [model.called or model.__name__.lower(), *(str(part) for part in first["loc"])]
    if first["type"] == "value_error":  # an inner model has already said it
        return str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "missing":
        return f"{'.'.join(path)}: missing"
    where = f"{'.'.join(path)}={first['input']!r}"
    if first["type"] == "extra_forbidden":
        return f"{where}: no such field; allowed are {', '.join(model.model_fields)}"
    field = model.model_fields.get(str(first["loc"][0])) if len(first["loc"]) == 1 else None
    limits = ", ".join(str(limit) for limit in field.metadata) if field is not None else ""
    message = str(first["msg"]).removeprefix("Input should be ")
    return f"{where}: allowed is {_interval(field) if limits and field is not None else message}"


def _interval(field: Any) -> str:
    low, high = "(-inf", "inf)"
    for limit in field.metadata:
        low = f"[{limit.ge:g}" if hasattr(limit, "ge") else f"({limit.gt:g}" if hasattr(limit, "gt") else low
        high = f"{limit.le:g}]" if hasattr(limit, "le") else f"{limit.lt:g})" if hasattr(limit, "lt") else high
    return f"a number in {low}, {high}"
