"""Liquid networks on other wirings, to see what the nervous system's layout adds to the liquid cell."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wormdrive.agents.policies.liquid_policy import WiringField
from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.agents.wirings.wiring import Wiring

__all__ = ["FullLTCPolicy", "FullLTCPolicyConfig", "RandomLTCPolicy", "RandomLTCPolicyConfig"]


class FullLTCPolicyConfig(NCPPolicyConfig):
    """Nineteen liquid neurons, all connected with all: 969 synapses, 3,933 recurrent parameters."""

    kind: Literal["ltc_full"] = "ltc_full"  # type: ignore[assignment]  # another kind of the same configuration
    wiring: WiringField = Field(default_factory=Wiring.fully_connected)


class RandomLTCPolicyConfig(NCPPolicyConfig):
    """Nineteen liquid neurons and the published number of synapses, 252, drawn without layers."""

    kind: Literal["ltc_random"] = "ltc_random"  # type: ignore[assignment]  # another kind of the same configuration
    wiring: WiringField = Field(default_factory=Wiring.random)


class FullLTCPolicy(NCPPolicy):
    """``NCPPolicy`` on ``Wiring.fully_connected``."""

    config: FullLTCPolicyConfig


class RandomLTCPolicy(NCPPolicy):
    """``NCPPolicy`` on ``Wiring.random``; as many parameters as the published network."""

    config: RandomLTCPolicyConfig
