from __future__ import annotations

from collections import deque

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from wormdrive.agents.convoy_expert import ConvoyExpert, follower_commands
from wormdrive.convoy.config import MODELS
from wormdrive.convoy.course import course
from wormdrive.convoy.evaluation import FollowerDriver, drive_course, expert_driver, follower_driver
from wormdrive.convoy.follower import Follower
from wormdrive.envs.convoy.simulator import ConvoyObservation, ConvoySimulator


def test_the_expert_drives_the_whole_course() -> None:
    rows = drive_course(expert_driver, "expert", 0, looking=False)
    assert len(rows) == 40
    assert all(row.success and row.end_reason == "time_limit" and row.driven_s == 30.0 for row in rows)
    assert all(row.least_gap_m > 2.0 and row.gap_error_m < 3.0 for row in rows)
    varied = [row for row in rows if row.profile != "constant"]
    assert sum(row.last_variance for row in varied) < sum(row.first_variance for row in varied)


def test_conditions_are_paired_by_the_first_cars_drive() -> None:
    """Slippery and winter roads have the same grip, so that the first car, which does not look, drives the same."""
    rows = drive_course(expert_driver, "expert", 0, looking=False, routes=4, conditions=("slippery", "winter"))
    for slippery, winter in zip(rows[:4], rows[4:], strict=True):
        assert slippery.first_variance == pytest.approx(winter.first_variance, rel=0.02, abs=0.01)


def test_grip_matters_in_an_emergency() -> None:
    """The first car drives the same in both; who follows comes nearer to it where its own tyres find little grip."""
    rows = drive_course(expert_driver, "expert", 0, looking=False, conditions=("emergency", "emergency-winter"))
    for summer, winter in zip(rows[:8], rows[8:], strict=True):
        assert winter.first_variance == pytest.approx(summer.first_variance, rel=0.01)
        assert winter.least_gap_m < summer.least_gap_m - 0.3


class LateExpert:
    """The expert with a foot that is some actions late."""

    def __init__(self, simulator: ConvoySimulator, actions: int) -> None:
        self._expert, self._simulator = ConvoyExpert(simulator), simulator
        self._wanted: deque[NDArray[np.float64]] = deque(maxlen=actions + 1)

    def act(self, shown: ConvoyObservation) -> NDArray[np.float64]:
        label = self._expert.label(shown)
        self._wanted.append(label[..., 1].copy())
        label[..., 1] = self._wanted[0]
        return follower_commands(label, shown, self._simulator.embedded.parameters)


@pytest.mark.slow
def test_who_reacts_late_is_saved_by_grip() -> None:
    def through(actions: int, *conditions: str) -> list[int]:
        rows = drive_course(lambda one: LateExpert(one, actions), "late", 0, looking=False, conditions=conditions)
        return [sum(row.success for row in rows[first : first + 8]) for first in range(0, len(rows), 8)]

    assert through(6, "emergency-winter") == [8]
    assert through(7, "winter", "emergency", "emergency-winter") == [8, 8, 2]


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_follower_drives_with_the_same_bits_in_any_number_of_convoys(name: str) -> None:
    torch.manual_seed(0)
    driver = follower_driver(Follower(MODELS[name]))
    few = drive_course(driver, name, 0, conditions=("summer",), routes=2, duration_s=3.0)
    more = drive_course(driver, name, 0, conditions=("summer",), routes=5, duration_s=3.0, threads=2)
    assert more[:2] == few


def test_nothing_is_computed_for_convoys_whose_drive_is_over() -> None:
    torch.manual_seed(0)
    simulator = ConvoySimulator(2, 3)
    shown = simulator.reset(course("summer", 2, 5.0))
    driver = FollowerDriver(Follower(MODELS["lstm"]), simulator)
    driver.act(shown)
    before = driver._memory.clone()
    shown.end_reason[0] = 1
    command = driver.act(shown)
    assert (command[0] == 0.0).all()
    assert torch.equal(driver._memory[:2], before[:2])
    assert not torch.equal(driver._memory[2:], before[2:])
    assert np.isfinite(command).all()
