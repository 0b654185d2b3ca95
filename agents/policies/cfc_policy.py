"""CfCPolicy: the convolutional head and nineteen closed-form liquid neurons on the same wiring as the LTC's."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import ConfigDict, Field
from torch import Tensor, nn

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.policies.ncp_policy import WiringField, check_wiring
from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["CfCPolicy", "CfCPolicyConfig"]


class CfCPolicyConfig(PolicyConfig):
    """Closed-form continuous-time neurons; no unfolds, for no solver runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: Literal["cfc"] = "cfc"
    wiring: WiringField = Field(default_factory=Wiring.ncp)

    @classmethod
    def paper(cls) -> CfCPolicyConfig:
        """78x200 RGB whitened, 79,420 head parameters, 1,160 recurrent ones."""
        return cls(
            preprocess=PreprocessConfig.paper(), head=HeadConfig.paper(), auxiliary=False, sample_period_s=1.0 / 30.0
        )


class CfCPolicy(Policy):
    """Head -> closed-form network -> affine map of the motor neuron -> curvature.

    No map of the features comes before the cell: its own weights on sensory synapses are affine in them. The state is
    the network's, (B, 19) in the wiring's state order.

    Examples
    --------
    >>> policy = CfCPolicy(CfCPolicyConfig.paper())
    >>> sum(p.numel() for p in policy.head.parameters()), sum(p.numel() for p in policy.cell.parameters())
    (79420, 1160)
    """

    config: CfCPolicyConfig

    def __init__(self, config: CfCPolicyConfig) -> None:
        super().__init__(config)
        check_wiring(config.wiring, self.head.feature_count)
        self.cell = CfC(config.wiring)
        # The motor neuron saturates at 1, where small curvatures belong to its middle: it begins near straight on.
        self.output_gain = nn.Parameter(torch.full((), 0.5))
        self.output_bias = nn.Parameter(torch.zeros(()))

    @property
    def state_size(self) -> int:
        """N: the neurons that are not sensory."""
        return self.config.wiring.state_size

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the neurons in state order."""
        return tuple(neuron.name for neuron in self.config.wiring.state_neurons)

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        activity = self.cell.trace(features, state, elapsed)
        return activity[..., 0] * self.output_gain + self.output_bias, activity, activity[:, -1]
