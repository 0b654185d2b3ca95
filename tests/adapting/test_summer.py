from __future__ import annotations

import pytest

from tests.adapting.toys import unchanged, weights_of
from wormdrive.adapting.summer import look_at_summer
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.slow
def test_a_trained_policy_steers_back_from_a_shifted_view_and_more_from_a_view_shifted_further() -> None:
    policy = load_policy("feedforward-blind")
    before = weights_of(policy)
    near, far = (look_at_summer(policy, routes=1, route_length_m=40.0, shift=shift) for shift in (4, 8))
    # to the right in the picture is where the road lies for a car that heads to the left: it steers to the right
    assert far.turn < near.turn < 0.0
    assert [len(means) for means in far.channels.means] == [24, 36, 48, 64, 8]
    assert unchanged(policy, before)


def test_a_policy_without_eyes_is_refused() -> None:
    with pytest.raises(ArgumentError, match="has no eyes"):
        look_at_summer(build_policy({"kind": "ncp", "observes": "road_state"}))
