"""FeedForwardPolicy: the same eyes without memory; the baseline that a liquid network must be held against."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy, PolicyConfig, small_linear

__all__ = ["FeedForwardPolicy", "FeedForwardPolicyConfig"]


class FeedForwardPolicyConfig(PolicyConfig):
    """The memoryless policy; it needs no auxiliary read-out."""

    kind: Literal["feedforward"] = "feedforward"
    auxiliary: bool = False
    hidden: int = Field(default=64, ge=1, le=4096)


class FeedForwardPolicy(Policy):
    """Head -> linear -> rectifier -> linear -> curvature. State is (B, 0); activity is that of the hidden units."""

    config: FeedForwardPolicyConfig

    def __init__(self, config: FeedForwardPolicyConfig) -> None:
        super().__init__(config)
        self.hidden = nn.Linear(self.head.feature_count, config.hidden)
        self.output = small_linear(config.hidden)

    @property
    def state_size(self) -> int:
        """0: nothing is remembered."""
        return 0

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the hidden units."""
        return tuple(f"hidden_{i}" for i in range(self.config.hidden))

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        activity = self.hidden(features).relu()
        return self.output(activity).squeeze(-1).float(), activity, state
