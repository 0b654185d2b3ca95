"""Course: the roads of the measurement, the same for every way: winter arrives, is there, and it is summer again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wormdrive.envs.common.errors import ArgumentError, one_of
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.disturbances import ArrivingSnow, Disturbances
from wormdrive.envs.simulation.scenario import Scenario

__all__ = ["ARRIVES", "PHASES", "Course"]

PHASES: Final = ("arriving", "winter", "summer")
"""While the season arrives and weights may change; then, with the weights as that drive left them, the two others."""

ARRIVES: Final = ("snow", "nothing")

_FIRST_ROUTE_SEED: Final = 71_000
_FIRST_SEED: Final = 7_100_000


@dataclass(frozen=True)
class Course:
    """``routes`` drives of each phase, each ``length_m`` long; ``snow`` is the cover that arrives, 1 is all.

    Snow comes as on the ladder ``arriving_snow`` of the suite ``shifts``: from a quarter of the way to three quarters.
    With ``arrives="nothing"``, the control, the same roads are driven in summer: what is learnt then is not
    the season.

    Raises
    ------
    ArgumentError
        A number is out of its bounds.
    """

    routes: int = 6
    length_m: float = 200.0
    snow: float = 1.0
    seed: int = 0
    map: str = "country_loop"
    arrives: str = ARRIVES[0]

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.arrives not in ARRIVES:
            raise ArgumentError(one_of("arrives", self.arrives, ARRIVES))
        for name, least, most in (
            ("routes", 1, 300),
            ("length_m", 40.0, 20_000.0),
            ("snow", 0.0, 1.0),
            ("seed", 0, 1000),
        ):
            value = getattr(self, name)
            if not least <= value <= most:
                raise ArgumentError(f"{name}={value!r}: allowed is {least:g} to {most:g}")

    def scenarios(self, phase: str) -> list[Scenario]:
        """Return the drives of one of ``PHASES``: each phase has roads of its own."""
        place = PHASES.index(phase)
        comes = phase == PHASES[0] and self.arrives == ARRIVES[0]
        conditions = Conditions.preset("winter" if comes or phase == "winter" else "summer", "day")
        arriving = Disturbances(arriving_snow=ArrivingSnow(last=self.snow))
        return [
            Scenario(
                map=self.map,
                conditions=conditions,
                route_seed=_FIRST_ROUTE_SEED + 1000 * self.seed + 300 * place + route,
                seed=_FIRST_SEED + 1000 * self.seed + 300 * place + route,
                route_length_m=self.length_m,
                disturbances=arriving if comes else Disturbances(),
            )
            for route in range(self.routes)
        ]
