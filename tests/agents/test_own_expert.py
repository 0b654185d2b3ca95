from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from wormdrive.agents.expert import Expert
from wormdrive.agents.own_expert import expert_name, make_expert
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulator_factory import open_simulator


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    opened = open_simulator(worlds=2, camera=None)
    opened.reset([Scenario(route_seed=k, seed=k, route_length_m=40.0) for k in (3, 4)])
    yield opened
    opened.close()


class Lazy:
    """Says half of what the expert says."""

    def __init__(self, simulator: Simulator) -> None:
        self._expert = Expert(simulator, simulator.parameters)

    def curvature(self, observation: Any) -> Any:
        return 0.5 * self._expert.curvature(observation)


class Silent(Lazy):
    def curvature(self, observation: Any) -> Any:
        return np.full(2, np.nan)


class ByCommands(Lazy):
    """Has no ``curvature``, but is a driver."""

    curvature = None  # type: ignore[assignment]

    def reset(self, mask: Any) -> None: ...

    def act(self, observation: Any) -> Any:
        return self._expert.act(observation)


def test_an_expert_of_ones_own_says_a_curvature_or_drives(simulator: Simulator) -> None:
    observation = simulator.last_observation
    usual = make_expert(None, simulator).curvature(observation)
    assert np.abs(usual).max() > 1e-4
    np.testing.assert_array_equal(make_expert(Lazy, simulator).curvature(observation), 0.5 * usual)
    by_path = make_expert("tests.scenarios.own_drivers:expert", simulator)
    np.testing.assert_array_equal(by_path.curvature(observation), usual)
    np.testing.assert_allclose(make_expert(ByCommands, simulator).curvature(observation), usual, rtol=1e-9)


def test_what_it_does_wrong_is_told(simulator: Simulator) -> None:
    name = expert_name(Silent)
    assert name is not None
    assert name.endswith("test_own_expert:Silent")
    with pytest.raises(UserCodeError, match=r"test_own_expert:Silent: says what is not finite: allowed are finite"):
        make_expert(Silent, simulator).curvature(simulator.last_observation)
    with pytest.raises(UserCodeError, match=r"own_drivers:number: returned a int: allowed is an expert"):
        make_expert("tests.scenarios.own_drivers:number", simulator)
    with pytest.raises(ArgumentError, match="expert='mine': allowed is module:attribute"):
        make_expert("mine", simulator)
