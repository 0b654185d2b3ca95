"""Forgetting: how fast a network leaves a wrong state while it sees the same pictures as from the right one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from wormdrive.audit.dynamics.contraction import Contraction, fallen_together
from wormdrive.envs.find_target.dynamics import DT_S
from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.find_target.audit.answers import YAW
from wormdrive.find_target.cores import flat_state, rows_of, together
from wormdrive.find_target.policy import FlightPolicy, normalised

__all__ = ["Forgetting", "forgetting"]


@dataclass(frozen=True, eq=False)
class Forgetting:
    """Along each flight; none of a network without memory, which has forgotten at once."""

    flights: tuple[Contraction, ...]

    @property
    def half_life_s(self) -> float | None:
        """After how long half of a wrong state is left, the slowest flight [s]; None if it was too short for that."""
        return self._slowest([one.half_life_s for one in self.flights])

    @property
    def last_percent_s(self) -> float | None:
        """The same of a hundredth."""
        return self._slowest([one.last_percent_s for one in self.flights])

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "memory": bool(self.flights),
            "half_life_s": self.half_life_s,
            "last_percent_s": self.last_percent_s,
            "yaw_apart_at_once": float(np.mean([one.answers[0] for one in self.flights])) if self.flights else 0.0,
        }

    @staticmethod
    def _slowest(times: Sequence[float | None]) -> float | None:
        known = [time for time in times if time is not None]
        return None if len(known) < len(times) else max(known, default=0.0)


def forgetting(policy: FlightPolicy, flights: Sequence[FlightEpisode]) -> Forgetting:
    """Begin in the middle of each flight in the states of all the others, and follow them to its end.

    All states are such as the network is in: those that it has in the middle of some flight.
    """
    with torch.inference_mode():
        features = [policy.head(normalised(torch.from_numpy(flight.frames))) for flight in flights]
        middle = [len(flight) // 2 for flight in flights]
        states = [policy.core(some[None, :half], None)[1] for some, half in zip(features, middle, strict=True)]
        if flat_state(states[0]) is None:
            return Forgetting(())
        found = []
        for k, some in enumerate(features):
            others = [n for n in range(len(flights)) if n != k]
            state = rows_of(together(states), torch.tensor([k, *others]))
            found.append(_followed(policy, some[middle[k] :], state))
    return Forgetting(tuple(found))


def _followed(policy: FlightPolicy, features: Tensor, state: Any) -> Contraction:
    """Show the same features (T, F) to the first state, the right one, and to others."""
    states, yaw = [flat_state(state)], []
    for one in features:
        assert states[0] is not None  # noqa: S101  (asked before)
        actions, state = policy.core(one.expand(len(states[0]), 1, -1), state)
        states.append(flat_state(state))
        yaw.append(actions[:, 0, YAW])
    after = torch.stack([one for one in states if one is not None], 1)
    return fallen_together(after.double().numpy(), torch.stack(yaw, 1).double().numpy(), DT_S)
