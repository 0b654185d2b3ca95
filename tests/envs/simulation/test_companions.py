from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation.companions import Companions
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.start import Start
from wormdrive.envs.simulation.vehicle_batch_kernel import STATES


def test_each_slot_sees_the_others_of_its_road() -> None:
    state = np.zeros((STATES, 6))
    state[kernel.STATION] = np.arange(6) * 10.0
    braking = np.array([False, True, False, False, False, True])
    companions = Companions(state, braking, 3)
    cars, count = companions.cars(np.array([1, 3], np.int32), np.zeros(2, np.int64), 0.1)
    assert count.tolist() == [2, 2]
    assert sorted(cars[0, :, 0]) == [0.0, 20.0]
    assert sorted(cars[1, :, 0]) == [40.0, 50.0]
    assert cars[1, :, 3].tolist() == [0.0, 1.0]
    state[kernel.STATION, 0] = 7.0
    assert 7.0 in companions.cars(np.array([1], np.int32), np.zeros(1, np.int64), 0.1)[0][0, :, 0]


def test_cars_of_one_road_run_into_each_other() -> None:
    simulator = EmbeddedSimulator(4, camera=None, cars_per_road=2)
    starts = {0: Start(station_m=30.0), 2: Start(station_m=60.0)}
    seen = simulator.reset([Scenario(time_limit_s=20.0)] * 4, starts=starts)
    np.testing.assert_allclose(seen.state.station_m, [30.0, 5.0, 60.0, 5.0], atol=0.6)
    command = np.tile([0.0, np.nan], (4, 1))
    command[::2, 1] = -1.0
    for _ in range(100):
        seen = simulator.step(command)
    assert [END_REASONS[k] for k in seen.end_reason[:2]] == ["collision", "collision"]
    assert seen.end_reason[3] == 0, "whose companion stands farther ahead"


def test_roads_are_shared_out_evenly() -> None:
    with pytest.raises(ArgumentError, match="cars_per_road=2: allowed is a whole number that divides 3"):
        EmbeddedSimulator(3, camera=None, cars_per_road=2)
