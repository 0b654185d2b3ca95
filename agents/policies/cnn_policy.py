"""CNNPolicy: a large convolutional network without memory, the paper's feed-forward baseline."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.dense_head import DenseHead, Padding
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["CNNPolicy", "CNNPolicyConfig"]


class CNNPolicyConfig(PolicyConfig):
    """The feed-forward network: 4.4 million parameters on the small grey images, ``paper()`` has 5,068,900."""

    kind: Literal["cnn"] = "cnn"
    auxiliary: bool = False
    padding: Padding = "same"

    @classmethod
    def paper(cls) -> CNNPolicyConfig:
        """78x200 RGB whitened, convolutions without padding."""
        return cls(
            preprocess=PreprocessConfig.paper(), head=HeadConfig.paper(), padding="valid", sample_period_s=1.0 / 30.0
        )


class CNNPolicy(Policy):
    """Dense head -> linear map without bias -> curvature. State is (B, 0); activity is that of the 100 last units.

    Examples
    --------
    >>> policy = CNNPolicy(CNNPolicyConfig.paper())
    >>> sum(p.numel() for p in policy.parameters())
    5068900
    """

    config: CNNPolicyConfig

    def __init__(self, config: CNNPolicyConfig) -> None:
        super().__init__(config)
        self.output = nn.Linear(self.head.feature_count, 1, bias=False)
        with torch.no_grad():
            self.output.weight.mul_(0.1)

    def _make_head(self) -> DenseHead:
        size = self.config.preprocess
        try:
            return DenseHead(
                self.config.head, size.channels, size.image_height, size.image_width, padding=self.config.padding
            )
        except ValueError as error:
            raise ArgumentError(f"padding={self.config.padding!r}: {error}") from error

    @property
    def state_size(self) -> int:
        """0: nothing is remembered."""
        return 0

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the last units."""
        return tuple(f"unit_{i}" for i in range(self.head.feature_count))

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        return self.output(features).squeeze(-1).float(), features, state
