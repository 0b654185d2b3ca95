"""NCPPolicy: the convolutional head and nineteen liquid neurons."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from wormdrive.agents.cells.ltc import LTC, InitialRanges
from wormdrive.agents.policies.liquid_policy import LiquidPolicy, LiquidPolicyConfig
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["NCPPolicy", "NCPPolicyConfig"]


class NCPPolicyConfig(LiquidPolicyConfig):
    """The liquid policy. Defaults train quickly on a laptop; ``paper()`` is the published network.

    ``input_gain`` and ``input_bias`` are where the learnt map of features onto sensory neurons begins: normalised
    features times 0.25 plus 0.5 lie where the synapses' midpoints (0.3 to 0.8) are sensitive.
    """

    kind: Literal["ncp"] = "ncp"
    unfolds: int = Field(default=6, ge=1, le=64)
    initial_ranges: InitialRanges = "ncps"
    input_gain: float = Field(default=0.25, ge=-10.0, le=10.0)
    input_bias: float = Field(default=0.5, ge=-10.0, le=10.0)

    @classmethod
    def paper(cls) -> NCPPolicyConfig:
        """78x200 RGB whitened, 79,420 head parameters, 1,065 recurrent ones."""
        return cls(
            preprocess=PreprocessConfig.paper(),
            head=HeadConfig.paper(),
            initial_ranges="paper",
            input_gain=1.0,
            input_bias=0.0,
            auxiliary=False,
            sample_period_s=1.0 / 30.0,
        )


class NCPPolicy(LiquidPolicy):
    """Head -> affine map a feature -> liquid network -> affine map of the motor neuron -> curvature.

    Examples
    --------
    >>> policy = NCPPolicy(NCPPolicyConfig())
    >>> output = policy(torch.rand(2, 3, 1, 39, 100), policy.initial_state(2))
    >>> output.curvature.shape, output.state.shape
    (torch.Size([2, 3]), torch.Size([2, 19]))
    """

    config: NCPPolicyConfig
    cell: LTC

    def __init__(self, config: NCPPolicyConfig) -> None:
        super().__init__(config)
        count = self.head.feature_count
        self.input_gain = nn.Parameter(torch.full((count,), config.input_gain))
        self.input_bias = nn.Parameter(torch.full((count,), config.input_bias))
        self.cell = LTC(config.wiring, config.unfolds, config.initial_ranges)
        self.output_gain = nn.Parameter(torch.ones(()))
        self.output_bias = nn.Parameter(torch.zeros(()))

    def _sensory(self, features: Tensor) -> Tensor:
        return torch.addcmul(self.input_bias, features, self.input_gain)
