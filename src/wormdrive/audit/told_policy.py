"""Told policy: the negative control, a network without eyes that is told the road and steers by a law.

It is the expert's law (``envs.simulation.pure_pursuit``) at cruising speed, without a look ahead, in the weights of a
small network: linear in offset, heading error and curvature. So every measure has a known answer: no part of the
scenery can move it, and the road moves it as it should.
"""

from __future__ import annotations

from typing import Final

import torch

from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy, FeedForwardPolicyConfig
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.pure_pursuit import NEAREST_M, PURSUIT_S
from wormdrive.envs.simulation.vehicle import GRAVITY, VehicleParameters
from wormdrive.perception.road_state import ROAD_STATE, SCALE, RoadStateHead

__all__ = ["TOLD", "told_policy"]

TOLD: Final = "told the road"
"""What it is called in tables."""


def told_policy() -> FeedForwardPolicy:
    """Return the policy; its hidden units are the two sides of each of the three numbers."""
    policy = FeedForwardPolicy(FeedForwardPolicyConfig(observes="road_state", hidden=2 * len(ROAD_STATE)))
    car, ahead = VehicleParameters(), max(PURSUIT_S * CRUISING_MPS, NEAREST_M)
    slip = car.rear_m - CRUISING_MPS**2 / (GRAVITY * car.rear_stiffness)
    law = torch.tensor([-2.0 / ahead**2, -2.0 / ahead, 1.0 - 2.0 * slip / ahead]) * torch.tensor(SCALE)
    head, numbers = policy.head, len(ROAD_STATE)
    assert isinstance(head, RoadStateHead)  # noqa: S101  (what observes the road's state has no other)
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.zero_()
        head.weight[:numbers] = torch.eye(numbers)
        policy.hidden.weight[:numbers, :numbers] = torch.eye(numbers)
        policy.hidden.weight[numbers:, :numbers] = -torch.eye(numbers)
        policy.output.weight[0] = torch.cat([law, -law]) / policy.config.output_scale
    return policy.eval()
