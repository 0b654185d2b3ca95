"""Reward rule: actor and critic that learn at every frame from a reward of their own making; no label, no replay.

After Lemmel and Grosu, *Real-time recurrent reinforcement learning* (2023): TD(lambda) with eligibility traces, and the
credit of what was steered carried forwards by real-time recurrent learning (``Influence``). The actor is the liquid
network, which steers a little beside what it wants, to find out; the critic is linear in its state. The reward is for
smooth steering and for consistent answers to shifted views, both seen without knowing the road.
"""

from __future__ import annotations

import numpy as np
import torch

from wormdrive.adapting.car import Acted, Seen
from wormdrive.adapting.influence import Influence, neuron_weights
from wormdrive.adapting.shifted_views import shift_loss, shifted_curvatures
from wormdrive.adapting.summer import Summer
from wormdrive.agents.policies.liquid_policy import LiquidPolicy

__all__ = ["RewardRule"]


class RewardRule:
    """Learns the neurons' parameters; the head stays as it is.

    Parameters
    ----------
    seed:
        Of the exploration.
    exploration:
        Deviation of the steering from what is wanted [1/m].
    smooth:
        A change of the wanted curvature by this much from frame to frame costs a reward of 1 [1/m].
    discount, decay:
        Gamma and lambda.
    actor_rate, critic_rate:
        Steps of learning.
    """

    def __init__(
        self,
        policy: LiquidPolicy,
        summer: Summer,
        *,
        seed: int = 0,
        exploration: float = 0.002,
        smooth: float = 0.01,
        discount: float = 0.9,
        decay: float = 0.9,
        actor_rate: float = 1e-5,
        critic_rate: float = 1e-2,
    ) -> None:
        self._policy, self._summer = policy, summer
        self._exploration, self._smooth = exploration, smooth
        self._discount, self._decay = discount, decay
        self._rates = actor_rate, critic_rate
        self._random = np.random.default_rng(seed)
        self._influence, self._weights = Influence(policy), neuron_weights(policy)
        self._critic = torch.zeros(policy.state_size + 1)
        self._updates = 0
        self.forget()

    def forget(self) -> None:
        """Forget the traces; what the critic has learnt stays."""
        self._influence.reset()
        self._actor_trace = torch.zeros(sum(weight.numel() for weight in self._weights))
        self._critic_trace = torch.zeros_like(self._critic)
        self._value: float | None = None
        self._wanted = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """How often weights were changed."""
        return {"updates": self._updates}

    def after(self, seen: Seen) -> Acted:
        """Reward what was steered at the frame before, learn from it, and explore."""
        slope = self._influence.step(seen.frame, seen.before, seen.elapsed)
        features = torch.cat([seen.state[0], torch.ones(1)])
        value = float(self._critic @ features)
        if self._value is not None:
            surprise = self._reward(seen) + self._discount * value - self._value
            self._learn(surprise)
        noise = float(self._random.normal())
        fade = self._discount * self._decay
        self._actor_trace = fade * self._actor_trace + noise / self._exploration * slope
        self._critic_trace = fade * self._critic_trace + features
        self._value, self._wanted = value, seen.curvature
        return Acted(seen.curvature + self._exploration * noise, seen.state)

    @torch.no_grad()
    def _reward(self, seen: Seen) -> float:
        curvatures = shifted_curvatures(self._policy, seen.frame, seen.before, self._summer.shift)
        inconsistent = float(shift_loss(curvatures, self._summer.turn))
        jerk = (seen.curvature - self._wanted) / self._smooth
        return -min(inconsistent, 4.0) - min(jerk * jerk, 4.0)

    @torch.no_grad()
    def _learn(self, surprise: float) -> None:
        actor, critic = self._rates
        self._critic += critic * surprise * self._critic_trace
        change = torch.split(actor * surprise * self._actor_trace, [weight.numel() for weight in self._weights])
        for weight, part in zip(self._weights, change, strict=True):
            weight += part.view_as(weight)
        self._updates += 1
