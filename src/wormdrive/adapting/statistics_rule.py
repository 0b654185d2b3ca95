"""Statistics rule: filters answer with summer's mean and deviation again, whatever the season (no gradient, no loss).

Normalisation is estimated anew while driving, as after Li et al., *Revisiting batch normalization for practical domain
adaptation* (2016), and Schneider et al., *Improving robustness against common corruptions by covariate shift
adaptation* (NeurIPS 2020). The head has no normalisation of its own between its convolutions, so that scale and shift
go into weights and biases.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn

from wormdrive.adapting.car import Acted, Seen
from wormdrive.adapting.channels import ChannelStatistics, activated, answers
from wormdrive.agents.policies.policy import Policy

__all__ = ["StatisticsRule"]


class StatisticsRule:
    """Every ``every`` frames: measure each filter, remember over ``memory`` frames, and correct it.

    ``strength`` 0 corrects nothing, 1 all of the difference. Layers are corrected in their order, each on what the
    corrected ones before it show.
    """

    def __init__(
        self,
        policy: Policy,
        summer: ChannelStatistics,
        *,
        every: int = 3,
        memory: int = 60,
        strength: float = 0.5,
    ) -> None:
        self._policy, self._summer = policy, summer
        self._every, self._strength = every, strength
        self._keep = math.exp(-every / memory)
        head = policy.eyes[1]
        self._weights = [cast(nn.Conv2d, module).weight.detach().clone() for module in head.convolutions]
        self._biases = [cast(Tensor, module.bias).detach().clone() for module in head.convolutions]
        self._seen = 0
        self.forget()

    def forget(self) -> None:
        """Take it that filters answer as in summer, until they are measured again."""
        self._now = list(zip(self._summer.means, self._summer.squares, strict=True))

    @property
    def counts(self) -> dict[str, int]:
        """How often weights were changed."""
        return {"updates": self._seen // self._every}

    def after(self, seen: Seen) -> Acted:
        """Measure and correct, if it is time."""
        self._seen += 1
        if self._seen % self._every == 0:
            self._correct(seen)
        return Acted(seen.curvature, seen.state)

    @torch.no_grad()
    def _correct(self, seen: Seen) -> None:
        preprocessor, head = self._policy.eyes
        maps = preprocessor(preprocessor.reduce(torch.from_numpy(seen.frame)))
        for layer, (weight, bias) in enumerate(zip(self._weights, self._biases, strict=True)):
            answer = answers(head, layer, maps, weight, bias)
            mean, square = self._remember(layer, answer)
            deviation = (square - mean.square()).clamp_min(1e-8).sqrt()
            wanted = self._summer.deviation(layer)
            scale = (wanted / deviation) ** self._strength
            # about the mean of now, so that strength 1 is summer's mean and deviation exactly
            centre = mean + self._strength * (self._summer.means[layer] - mean)
            module = cast(nn.Conv2d, head.convolutions[layer])
            module.weight.copy_(weight * scale[:, None, None, None])
            cast(Tensor, module.bias).copy_((bias - mean) * scale + centre)
            shaped = (slice(None), None, None)
            maps = activated(head, layer, (answer - mean[shaped]) * scale[shaped] + centre[shaped])

    def _remember(self, layer: int, answer: Tensor) -> tuple[Tensor, Tensor]:
        mean, square = self._now[layer]
        mean = self._keep * mean + (1.0 - self._keep) * answer.mean((0, 2, 3))
        square = self._keep * square + (1.0 - self._keep) * answer.square().mean((0, 2, 3))
        self._now[layer] = mean, square
        return mean, square
