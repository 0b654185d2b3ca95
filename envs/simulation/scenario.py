"""Scenario: everything that decides an episode but the driver."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, field_validator, model_serializer

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import ON_THE_ROAD, Disturbances, require_kinds

__all__ = ["Scenario"]


class Scenario(BaseModel):
    """One episode's world. The same scenario and commands give the same bits.

    ``map`` is the name of a built-in map (``country_loop``, ``mountain_pass``, ``suburb``, ``highway``, ``town``) or
    the path of an ``.xodr`` file. ``seed`` drives everything random that ``route_seed`` does not: scenery, start
    disturbance, sensor noise, traffic, ``disturbances``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    map: str = "country_loop"
    conditions: Conditions = Field(default_factory=lambda: Conditions.preset("summer", "day"))
    route_seed: int = Field(default=0, ge=0, lt=2**31, description="chooses start lane and turns")
    route_length_m: float = Field(default=400.0, ge=20.0, le=20_000.0, description="[m]")
    seed: int = Field(default=0, ge=0, lt=2**31)
    traffic: int = Field(default=0, ge=0, le=8, description="other cars on the road")
    time_limit_s: float | None = Field(
        default=None, gt=0.0, description="[s]; none: 2.5 times as long as the cruise control plans"
    )
    disturbances: Disturbances = Field(default=Disturbances(), description="what goes wrong")

    @field_validator("disturbances")
    @classmethod
    def _for_cars(cls, value: Disturbances) -> Disturbances:
        require_kinds(value, ON_THE_ROAD, "a drive")
        return value

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Scenario:
        """Be its own copy, for it never changes, and vector environments copy the infos of every step.

        pydantic's ``model_copy(deep=True)``, which asks without ``memo``, makes another, to change that.
        """
        return super().__deepcopy__() if memo is None else self

    @model_serializer(mode="wrap")
    def _without_nothing(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave ``disturbances`` out where there are none: such a scenario is written as ever."""
        values: dict[str, Any] = serialize(self)
        return values if values.get("disturbances") else {k: v for k, v in values.items() if k != "disturbances"}
