"""Flight audit: what some policies that fly answer to, where they look and what they forget, on the same flights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wormdrive.audit.audit import plain
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.envs.seasons.conditions import SEASONS
from wormdrive.find_target.audit.forgetting import Forgetting, forgetting
from wormdrive.find_target.audit.looks import Looks, measure_looks
from wormdrive.find_target.audit.movers import EXPERT, Movers, measure_movers
from wormdrive.find_target.audit.scenery import flight_scenery
from wormdrive.find_target.audit.stage import Stage
from wormdrive.find_target.audit.turning import Turning, measure_turning
from wormdrive.find_target.policy import FlightPolicy
from wormdrive.training.progress import Progress, Silent

__all__ = ["FlightAudit", "audit_flights"]


@dataclass(frozen=True, eq=False)
class FlightAudit:
    """What was found, by model.

    Attributes
    ----------
    kinds:
        Of each model.
    flights, samples, seed:
        How much was shown, and from which seed.
    movers:
        Of each model, and of the expert.
    turning:
        Of each model, by season.
    looks, forgetting:
        Of each model.
    """

    kinds: dict[str, str]
    flights: int
    samples: int
    seed: int
    movers: dict[str, Movers]
    turning: dict[str, dict[str, Turning]]
    looks: dict[str, Looks]
    forgetting: dict[str, Forgetting]

    def to_json(self) -> dict[str, Any]:
        """Return all figures as plain data; what is infinite or not a number is None."""
        data: dict[str, Any] = plain(
            {
                "flights": self.flights,
                "samples": self.samples,
                "seed": self.seed,
                "expert": {"movers": self.movers[EXPERT].to_json()},
                "models": {
                    name: {
                        "kind": kind,
                        "movers": self.movers[name].to_json(),
                        "turning": {season: found.to_json() for season, found in self.turning[name].items()},
                        "looks": self.looks[name].to_json(),
                        "forgetting": self.forgetting[name].to_json(),
                    }
                    for name, kind in self.kinds.items()
                },
            }
        )
        return data


def audit_flights(
    policies: Mapping[str, FlightPolicy],
    flights: Sequence[FlightEpisode],
    *,
    samples: int = 128,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> FlightAudit:
    """Audit policies, by name, on the same moments of the same flights; the same arguments give the same figures.

    Raises
    ------
    ArgumentError
        A policy wants pictures of another size than the flights have, a flight is too short, or ``samples`` is no
        power of 2.
    """
    if EXPERT in policies:
        raise ArgumentError(f"a policy called {EXPERT}: allowed are other names")
    size = flights[0].frames.shape[2:0:-1]
    for name, policy in policies.items():
        if (policy.width, policy.height) != size:
            raise ArgumentError(f"{name}: wants pictures of {policy.width}x{policy.height}; allowed is {size} [pixel]")
    told = progress or Silent()
    stage = Stage(flights, threads=threads)
    try:
        told.begin("other scenery", samples * (len(flight_scenery().numbers) + 2), "moments")
        movers = measure_movers(stage, policies, samples=samples, seed=seed, watch=told.advance)
        told.begin("target on the other side", len(SEASONS), "seasons")
        turning = measure_turning(stage, policies, seed=seed, watch=told.advance)
        told.begin("where they look", len(policies), "models")
        looks = measure_looks(stage, policies, seed=seed, watch=told.advance)
    finally:
        stage.close()
    return FlightAudit(
        {name: policy.kind for name, policy in policies.items()},
        len(flights),
        samples,
        seed,
        movers,
        turning,
        looks,
        {name: forgetting(policy, flights) for name, policy in policies.items()},
    )
