from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wormdrive.envs.convoy.reward import convoy_reward
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import ConvoyObservation, ConvoySimulator
from wormdrive.envs.convoy.spacing import wanted_gap
from wormdrive.envs.simulation.scenario import Scenario


@pytest.fixture
def shown() -> ConvoyObservation:
    simulator = ConvoySimulator(1, 3, camera=None)
    seen = simulator.reset([ConvoyScenario(road=Scenario(route_length_m=400.0, time_limit_s=10.0))])
    seen.state.lateral_offset_m[:] = 0.0
    return replace(seen, gap_m=wanted_gap(seen.state.speed_mps[:, 1:]))


def paid(shown: ConvoyObservation, slower_mps: float = 0.0) -> list[float]:
    reward: list[float] = convoy_reward(shown, shown.state.speed_mps[:, 1:] - slower_mps, 0.1)[0].tolist()
    return reward


def test_the_wanted_gap_on_the_lanes_centre_is_worth_one(shown: ConvoyObservation) -> None:
    assert paid(shown) == pytest.approx([1.0, 1.0])


def test_what_is_wrong_costs(shown: ConvoyObservation) -> None:
    assert paid(replace(shown, gap_m=shown.gap_m + np.array([2.5, -20.0]))) == pytest.approx([0.5, 0.0])
    assert paid(shown, slower_mps=0.3) == pytest.approx([0.9, 0.9])
    assert paid(replace(shown, failed=np.array([[False, True]]))) == pytest.approx([1.0, -19.0])
    shown.state.lateral_offset_m[0, 2] = -0.4
    assert paid(shown) == pytest.approx([1.0, 0.8])
