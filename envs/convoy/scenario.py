"""Convoy scenario: everything that decides a convoy's drive but its followers."""

from __future__ import annotations

import math
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from wormdrive.envs.convoy.speed_profile import PROFILES, TOP_MPS
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["CARS", "ConvoyScenario", "route_length_m"]

CARS: Final = (2, 8)
"""Fewest and most cars of a convoy."""
_ROOM_M: Final = 25.0
"""What one car and the gap behind it take at most [m]."""


class ConvoyScenario(BaseModel):
    """A road with its conditions, and how the first car drives on it.

    ``road`` is the scenario of each car: its ``time_limit_s`` is how long the convoy drives, its seed decides the start
    and the numbers of the profile, too. It has no further ``traffic``. With
    ``leader_friction`` the first car finds grip of its own [-], as with studded tyres on ice; what disturbances take of
    grip they take of this, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    road: Scenario
    profile: str = Field(default="constant", description=f"one of {', '.join(PROFILES)}")
    leader_friction: float | None = Field(
        default=None, ge=0.05, le=1.3, description="peak friction coefficient of the first car [-]; none: the road's"
    )

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> ConvoyScenario:
        """Be its own copy, for it never changes."""
        return super().__deepcopy__() if memo is None else self

    @model_validator(mode="after")
    def _check(self) -> ConvoyScenario:
        if self.profile not in PROFILES:
            raise ValueError(f"profile={self.profile!r}: allowed are {', '.join(PROFILES)}")
        if self.road.time_limit_s is None:
            raise ValueError("road.time_limit_s=None: allowed is how long the convoy drives [s]")
        if self.road.traffic:
            raise ValueError(f"road.traffic={self.road.traffic}: allowed is 0: a convoy has the road to itself")
        return self

    @property
    def duration_s(self) -> float:
        """How long the convoy drives [s]."""
        assert self.road.time_limit_s is not None  # noqa: S101  (checked)
        return self.road.time_limit_s


def route_length_m(duration_s: float, cars: int) -> float:
    """Length of a route that is not driven to its end [m]: the cars in a row, and as fast as any profile."""
    return math.ceil(TOP_MPS * duration_s + _ROOM_M * cars)
