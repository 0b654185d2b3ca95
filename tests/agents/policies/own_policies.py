"""A kind of policy of one's own, as users write it; its module registers nothing."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy, PolicyConfig


class TinyConfig(PolicyConfig):
    kind: Literal["tiny_of_mine"] = "tiny_of_mine"
    hidden: int = 4


class TinyPolicy(Policy):
    """Two layers behind the head, without memory."""

    config: TinyConfig

    def __init__(self, config: TinyConfig) -> None:
        super().__init__(config)
        self.layers = nn.Sequential(
            nn.Linear(self.head.feature_count, config.hidden), nn.Tanh(), nn.Linear(config.hidden, 1)
        )

    @property
    def state_size(self) -> int:
        return 0

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        return self.layers(features).squeeze(-1), features, state


class FailingConfig(PolicyConfig):
    kind: Literal["failing_of_mine"] = "failing_of_mine"


class FailingPolicy(TinyPolicy):
    config: FailingConfig  # type: ignore[assignment]

    def __init__(self, config: FailingConfig) -> None:
        raise KeyError("hidden")
