from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import END_REASONS, FlightWorlds
from wormdrive.find_target.expert import expert_actions

SCENARIO = FlightScenario(seed=4, target="box", distance_m=12.0)


def ends(scenarios: list[FlightScenario]) -> list[str]:
    worlds = FlightWorlds(len(scenarios), WoodCamera(48, 32))
    seen = worlds.reset(scenarios)
    while (seen.end_reason == 0).any():
        seen = worlds.step(expert_actions(worlds, seen))
    return [END_REASONS[reason] for reason in seen.end_reason]


@pytest.mark.slow
def test_it_finds_what_stands_moves_or_is_behind_trees() -> None:
    scenarios = [
        replace(SCENARIO, seed=seed, target_speed_mps=0.8 * (seed % 2), occluders=seed % 3) for seed in range(8)
    ]
    assert ends(scenarios).count("found") >= 7


def test_it_turns_to_the_target_and_steps_aside_of_a_trunk() -> None:
    worlds = FlightWorlds(1, WoodCamera(48, 32))
    seen = worlds.reset([SCENARIO])
    worlds.flight.heading[0] += 0.5
    seen = worlds.step(np.zeros((1, 4)))
    action = expert_actions(worlds, seen)[0]
    assert action[3] < 0.0  # the target is to the right now
    assert action[0] > 0.0
    trunk = worlds.trunks(0)[0]
    way = np.array([np.cos(worlds.flight.heading[0]), np.sin(worlds.flight.heading[0])])
    worlds.flight.position[0, :2] = trunk - 3.0 * way + 0.3 * np.array([-way[1], way[0]])  # the trunk is to the right
    ahead = seen._replace(target=np.array([[20.0, 0.0, -2.0]]))
    assert expert_actions(worlds, ahead)[0, 1] > 0.2
