"""NCPPolicy: the convolutional head and nineteen liquid neurons."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer
from torch import Tensor, nn

from wormdrive.agents.cells.ltc import LTC, InitialRanges
from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.perception.head import HeadConfig
from wormdrive.perception.preprocess import PreprocessConfig

__all__ = ["NCPPolicy", "NCPPolicyConfig", "WiringField", "check_wiring"]


def _as_wiring(value: Any) -> Wiring:
    return value if isinstance(value, Wiring) else Wiring.from_json(value)


WiringField = Annotated[Wiring, BeforeValidator(_as_wiring), PlainSerializer(Wiring.to_json, return_type=dict)]


def check_wiring(wiring: Wiring, features: int) -> None:
    """Refuse a wiring that does not fit between the features and the steering."""
    if wiring.input_size != features or wiring.output_size != 1:
        raise ArgumentError(
            f"wiring: {wiring.input_size} sensory and {wiring.output_size} motor neurons: "
            f"allowed are {features}, one a feature, and 1"
        )


class NCPPolicyConfig(PolicyConfig):
    """The liquid policy. Defaults train quickly on a laptop; ``paper()`` is the published network.

    ``input_gain`` and ``input_bias`` are where the learnt map of features onto sensory neurons begins: normalised
    features times 0.25 plus 0.5 lie where the synapses' midpoints (0.3 to 0.8) are sensitive.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: Literal["ncp"] = "ncp"
    wiring: WiringField = Field(default_factory=Wiring.ncp)
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


class NCPPolicy(Policy):
    """Head -> affine map a feature -> liquid network -> affine map of the motor neuron -> curvature.

    The state is the liquid network's, (B, 19) in the wiring's state order.

    Examples
    --------
    >>> policy = NCPPolicy(NCPPolicyConfig())
    >>> output = policy(torch.rand(2, 3, 1, 39, 100), policy.initial_state(2))
    >>> output.curvature.shape, output.state.shape
    (torch.Size([2, 3]), torch.Size([2, 19]))
    """

    config: NCPPolicyConfig

    def __init__(self, config: NCPPolicyConfig) -> None:
        super().__init__(config)
        count = self.head.feature_count
        check_wiring(config.wiring, count)
        self.input_gain = nn.Parameter(torch.full((count,), config.input_gain))
        self.input_bias = nn.Parameter(torch.full((count,), config.input_bias))
        self.cell = LTC(config.wiring, config.unfolds, config.initial_ranges)
        self.output_gain = nn.Parameter(torch.ones(()))
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
        sensory = torch.addcmul(self.input_bias, features, self.input_gain)
        activity = self.cell.trace(sensory, state, elapsed)
        return activity[..., 0] * self.output_gain + self.output_bias, activity, activity[:, -1]
