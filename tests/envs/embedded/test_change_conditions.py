"""Season and weather change while an episode goes on."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle_batch import VehicleBatch

SMALL = CameraConfig(width=64, height=32)
WINTER = Conditions.preset("winter", "snowfall")
STRAIGHT = np.array([[0.0, np.nan]])


def drive(simulator: EmbeddedSimulator, steps: int) -> np.ndarray:
    for _ in range(steps):
        shown = simulator.step(STRAIGHT)
    assert shown.camera is not None
    return shown.camera


def test_the_frames_after_a_change_are_those_of_the_other_season() -> None:
    changing, winter = EmbeddedSimulator(1, camera=SMALL), EmbeddedSimulator(1, camera=SMALL)
    summer = Scenario(seed=3)
    changing.reset([summer])
    winter.reset([summer.model_copy(update={"conditions": WINTER})])
    drive(changing, 2)
    drive(winter, 2)
    changing.change_conditions(0, WINTER)
    # the cars met other friction for two steps, so their places differ by very little: look from one place
    after = changing.render(SMALL)[0].astype(int)
    true = winter.render(SMALL)[0].astype(int)
    assert np.abs(after - true).mean() < 2.0
    assert changing.scenarios[0] == winter.scenarios[0]
    assert np.abs(drive(changing, 1).astype(int) - drive(winter, 1).astype(int)).mean() < 2.0


def test_time_place_and_scenery_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    simulator = EmbeddedSimulator(2, camera=SMALL)
    simulator.reset([Scenario(seed=1), Scenario(seed=2)])
    for _ in range(5):
        simulator.step(np.repeat(STRAIGHT, 2, axis=0))
    before, index = simulator.last_observation, simulator.step_index
    other = simulator.render(SMALL, [1])
    own = simulator.render(SMALL, [0])
    told: list[tuple[int, float]] = []
    monkeypatch.setattr(VehicleBatch, "change_friction", lambda _self, world, friction: told.append((world, friction)))
    simulator.change_conditions(0, WINTER)
    assert told == [(0, WINTER.friction)]
    assert simulator.last_observation is before
    np.testing.assert_array_equal(simulator.step_index, index)
    np.testing.assert_array_equal(simulator.render(SMALL, [1]), other)
    assert np.abs(simulator.render(SMALL, [0]).astype(int) - own).mean() > 10.0
    simulator.change_conditions(0, Conditions.preset("summer"))
    np.testing.assert_array_equal(simulator.render(SMALL, [0]), own)


def test_the_road_turns_slippery() -> None:
    dry, icy = EmbeddedSimulator(1, camera=None), EmbeddedSimulator(1, camera=None)
    for simulator in (dry, icy):
        simulator.reset([Scenario()])
    icy.change_conditions(0, WINTER)
    for _ in range(30):
        braked = [simulator.step(np.array([[0.0, -1.0]])).state.speed_mps[0] for simulator in (dry, icy)]
    assert braked[0] < braked[1] - 1.0


def test_a_picture_under_other_conditions_changes_nothing_else() -> None:
    simulator = EmbeddedSimulator(1, camera=SMALL)
    simulator.reset([Scenario()])
    summer = simulator.render(SMALL)
    winter = simulator.render(SMALL, conditions=WINTER)
    np.testing.assert_array_equal(simulator.render(SMALL), summer)
    simulator.change_conditions(0, WINTER)
    np.testing.assert_array_equal(simulator.render(SMALL), winter)


def test_a_world_that_is_not_there_is_named() -> None:
    simulator = EmbeddedSimulator(1, camera=None)
    with pytest.raises(ArgumentError, match="world=1: allowed are 0 to 0"):
        simulator.change_conditions(1, WINTER)
    with pytest.raises(SimulatorError, match="world 0 has no episode yet"):
        simulator.change_conditions(0, WINTER)
