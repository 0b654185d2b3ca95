"""Safety filter: a learner's weights are watched without labels, and the last good ones take over when they fail.

Beside the policy that learns runs the frozen one, on the same frames. Once a second two things are asked. Does what
learns answer clearly worse to shifted views than what was never changed (``shift_loss``)? Does it steer far from it? If
neither is so its weights are the last good ones from now on; if one is, those from a second or more before take over.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from torch import Tensor

from wormdrive.adapting.car import Acted, Learner, Seen
from wormdrive.adapting.shifted_views import shift_loss, shifted_curvatures
from wormdrive.adapting.summer import Summer
from wormdrive.agents.policies.policy import Policy

__all__ = ["FARTHEST", "WORSE", "SafetyFilter"]

FARTHEST: Final = 0.05
"""Mean difference of the steering over a second that is not let pass [1/m]: 5 m/s2 sideways at 10 m/s."""
WORSE: Final = 0.5
"""Difference of the losses that is not let pass: half of what no answer at all to a shifted view costs."""
_WATCHED: Final = 5
"""Frames from one look at both losses to the next."""


class SafetyFilter:
    """A habit around a learner, which it makes for ``policy``.

    ``every`` is the number of frames from one decision to the next; ``farthest`` [1/m] and ``worse`` are the largest
    differences, over that time, from the frozen policy's steering and loss.
    """

    def __init__(
        self,
        policy: Policy,
        make_learner: Callable[[Policy], Learner],
        summer: Summer,
        *,
        every: int = 30,
        farthest: float = FARTHEST,
        worse: float = WORSE,
    ) -> None:
        self._policy, self._summer, self._every = policy, summer, every
        self._farthest, self._worse = farthest, worse
        self._frozen = copy.deepcopy(policy)
        self._state = policy.initial_state(1)
        self._learner = make_learner(policy)
        self._source = _weights(policy)
        self._good, self._taken_back = self._source, False
        self._seen = self._hand_overs = 0
        self._differences: list[float] = []
        self._losses: list[tuple[float, float]] = []

    @property
    def counts(self) -> dict[str, int]:
        """What the learner did, and how often the last good weights took over."""
        return self._learner.counts | {"hand_overs": self._hand_overs}

    def after(self, seen: Seen) -> Acted:
        """Let it learn, watch, and decide if it is time."""
        self._watch(seen)
        acted = self._learner.after(seen)
        self._seen += 1
        if self._seen % self._every:
            return acted
        passes = self._passes()
        self._differences, self._losses = [], []
        if passes:
            self._good, self._taken_back = _weights(self._policy), False
            return acted
        # those that were good a second ago fail as well: nothing that was learnt is trusted any more
        self._good = self._source if self._taken_back else self._good
        _put_back(self._policy, self._good)
        self._learner.forget()
        self._hand_overs, self._taken_back = self._hand_overs + 1, True
        curvature, state = self._policy.act(seen.frame, seen.before, seen.elapsed)
        return Acted(float(curvature[0]), state.clone())

    def _watch(self, seen: Seen) -> None:
        before = self._state
        curvature, state = self._frozen.act(seen.frame, before, seen.elapsed)
        self._differences.append(abs(seen.curvature - float(curvature[0])))
        if self._seen % _WATCHED == 0:
            self._losses.append((self._loss(self._policy, seen, seen.before), self._loss(self._frozen, seen, before)))
        self._state = state.clone()

    @torch.no_grad()
    def _loss(self, policy: Policy, seen: Seen, state: Tensor) -> float:
        curvatures = shifted_curvatures(policy, seen.frame, state, self._summer.shift)
        return float(shift_loss(curvatures, self._summer.turn))

    def _passes(self) -> bool:
        ours, frozen = np.mean(self._losses, axis=0)
        # what is not a number passes neither
        return bool(np.mean(self._differences) <= self._farthest and ours <= frozen + self._worse)


def _weights(policy: Policy) -> list[Tensor]:
    return [weight.detach().clone() for weight in policy.parameters()]


@torch.no_grad()
def _put_back(policy: Policy, weights: list[Tensor]) -> None:
    for weight, value in zip(policy.parameters(), weights, strict=True):
        weight.copy_(value)
