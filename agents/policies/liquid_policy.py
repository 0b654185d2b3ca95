"""LiquidPolicy: what policies with a liquid network have in common, whatever the cell computes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer
from torch import Tensor, nn

from wormdrive.agents.cells.liquid_cell import LiquidCell
from wormdrive.agents.policies.policy import Policy, PolicyConfig
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError

__all__ = ["LiquidPolicy", "LiquidPolicyConfig", "WiringField"]


def _as_wiring(value: Any) -> Wiring:
    return value if isinstance(value, Wiring) else Wiring.from_json(value)


WiringField = Annotated[Wiring, BeforeValidator(_as_wiring), PlainSerializer(Wiring.to_json, return_type=dict)]


class LiquidPolicyConfig(PolicyConfig):
    """A policy on a wiring, by default the published one."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    wiring: WiringField = Field(default_factory=Wiring.ncp)


class LiquidPolicy(Policy):
    """Head -> liquid network -> affine map of the motor neuron -> curvature.

    The state is the network's, (B, 19) in the wiring's state order. Sub-classes make ``cell``, ``output_gain`` and
    ``output_bias``, in an order of their own: optimisers and checkpoints count parameters by it.

    Raises
    ------
    ArgumentError
        When the wiring does not fit between the features and the steering.
    """

    config: LiquidPolicyConfig
    cell: LiquidCell
    output_gain: nn.Parameter
    output_bias: nn.Parameter

    def __init__(self, config: LiquidPolicyConfig) -> None:
        super().__init__(config)
        wiring, features = config.wiring, self.head.feature_count
        if wiring.input_size != features or wiring.output_size != 1:
            raise ArgumentError(
                f"wiring: {wiring.input_size} sensory and {wiring.output_size} motor neurons: "
                f"allowed are {features}, one a feature, and 1"
            )

    @property
    def state_size(self) -> int:
        """N: the neurons that are not sensory."""
        return self.config.wiring.state_size

    @property
    def neuron_names(self) -> tuple[str, ...]:
        """Names of the neurons in state order."""
        return tuple(neuron.name for neuron in self.config.wiring.state_neurons)

    def _sensory(self, features: Tensor) -> Tensor:
        """Map features (B, T, F) onto sensory neurons (B, T, F)."""
        return features

    def _control(self, features: Tensor, state: Tensor, elapsed: Tensor | float) -> tuple[Tensor, Tensor, Tensor]:
        activity = self.cell.trace(self._sensory(features), state, elapsed)
        return activity[..., 0] * self.output_gain + self.output_bias, activity, activity[:, -1]
