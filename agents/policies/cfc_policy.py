"""CfCPolicy: the convolutional head and nineteen closed-form liquid neurons on the same wiring as the LTC's."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from wormdrive.agents.cells.cfc import CfC
from wormdrive.agents.policies.liquid_policy import LiquidPolicy, LiquidPolicyConfig
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["CfCPolicy", "CfCPolicyConfig"]


class CfCPolicyConfig(LiquidPolicyConfig):
    """Closed-form continuous-time neurons; no unfolds, for no solver runs."""

    kind: Literal["cfc"] = "cfc"

    @classmethod
    def paper(cls) -> CfCPolicyConfig:
        """78x200 RGB whitened, 79,420 head parameters, 1,160 recurrent ones."""
        return cls(
            preprocess=PreprocessConfig.paper(), head=HeadConfig.paper(), auxiliary=False, sample_period_s=1.0 / 30.0
        )


class CfCPolicy(LiquidPolicy):
    """Head -> closed-form network -> affine map of the motor neuron -> curvature.

    No map of the features comes before the cell: its own weights on sensory synapses are affine in them.

    Examples
    --------
    >>> policy = CfCPolicy(CfCPolicyConfig.paper())
    >>> sum(p.numel() for p in policy.head.parameters()), sum(p.numel() for p in policy.cell.parameters())
    (79420, 1160)
    """

    config: CfCPolicyConfig
    cell: CfC

    def __init__(self, config: CfCPolicyConfig) -> None:
        super().__init__(config)
        self.cell = CfC(config.wiring)
        # The motor neuron saturates at 1, where small curvatures belong to its middle: it begins near straight on.
        self.output_gain = nn.Parameter(torch.full((), 0.5))
        self.output_bias = nn.Parameter(torch.zeros(()))
