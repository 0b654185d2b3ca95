from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.find_target.audit.movers import EXPERT, measure_movers
from wormdrive.find_target.audit.scenery import POSE
from wormdrive.find_target.audit.stage import Stage
from wormdrive.find_target.policy import FlightPolicy


@pytest.mark.slow
def test_scenery_moves_a_network_and_not_who_is_told(stage: Stage, policies: dict[str, FlightPolicy]) -> None:
    told: list[int] = []
    found = measure_movers(stage, policies, samples=4, watch=told.append)
    assert list(found) == ["ncp", "cnn", EXPERT]
    assert told[-1] == 4 * 10
    expert = found.pop(EXPERT)
    assert expert.yaw_scenery == expert.forward_scenery == 0.0
    assert all(share.total == 0.0 for part, share in expert.yaw.items() if part != POSE)
    assert expert.forward[POSE].total > 0.0
    assert not expert.pairs
    for of in found.values():
        assert of.yaw_scenery > 0.0
        assert any(share.total > 0.0 for part, share in of.yaw.items() if part != POSE)
        for pair in of.pairs:
            assert not np.array_equal(pair.before, pair.after)
            assert pair.yaw_before != pair.yaw_after


def test_samples_are_a_power_of_two(stage: Stage, policies: dict[str, FlightPolicy]) -> None:
    with pytest.raises(ArgumentError, match="samples=3"):
        measure_movers(stage, policies, samples=3)
