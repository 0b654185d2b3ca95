from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.situation import NAMES, situation_of
from wormdrive.audit.trees.small_tree import fit_small_tree
from wormdrive.audit.wheel.situation_driver import SituationDriver
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.training.collect import collect

SCENARIOS = [Scenario(route_seed=seed, seed=seed, route_length_m=60.0) for seed in (3, 4)]


def expert(observation: Observation, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return target, np.zeros(len(target), bool)


def test_what_it_knows_on_the_way_is_what_is_said_of_the_drive_afterwards() -> None:
    simulator = EmbeddedSimulator(2, camera=None)
    driver = SituationDriver(simulator, fit_small_tree(np.zeros((2, 12)), np.zeros(2), np.arange(2), leaves=1))
    known = []

    def watch(observation: Observation, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        known.append(driver.situation(observation))
        return expert(observation, target)

    for _ in range(2):  # the second time after a reset, with a past to forget
        known.clear()
        driver.reset(np.ones(2, bool))
        episodes = collect(simulator, SCENARIOS, watch, np.zeros((2, 60)), CameraConfig())
        for world, episode in enumerate(episodes):
            assert np.array_equal(np.stack(known)[:, world], situation_of(episode))
    simulator.close()


def test_it_steers_what_the_tree_says() -> None:
    """A tree that steers left right of the lane's centre, and right left of it, and cannot do anything else."""
    columns = np.random.default_rng(0).uniform(-1, 1, (400, len(NAMES)))
    tree = fit_small_tree(columns, np.where(columns[:, 0] > 0, -0.05, 0.05), np.repeat([0, 1], 200), leaves=2)
    simulator = EmbeddedSimulator(2, camera=None)
    driver = SituationDriver(simulator, tree)
    observation = simulator.reset(SCENARIOS)
    driver.reset(np.ones(2, bool))
    command = driver.act(observation)
    assert np.isnan(command[:, 1]).all()
    assert np.sign(command[:, 0]).tolist() == np.sign(observation.state.lateral_offset_m).tolist()
    assert np.abs(command[0, 0]) == pytest.approx(np.abs(command[1, 0]), rel=0.2)
    simulator.close()
