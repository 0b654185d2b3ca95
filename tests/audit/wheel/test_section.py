from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.page.wheel import wheel_finding, wheel_fragment
from wormdrive.audit.told_policy import told_policy
from wormdrive.audit.traced_drive import TracedDrive, trace_episode
from wormdrive.audit.wheel.section import WheelSection, measure_wheel, other_road
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.simulation.scenario import Scenario

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drives() -> list[TracedDrive]:
    policy = told_policy()
    episodes = held_out_episodes(policy, seasons=("summer", "winter"), routes=6, frames=300)
    return [trace_episode(policy, episode) for episode in episodes]


@pytest.fixture(scope="module")
def found(drives: list[TracedDrive]) -> WheelSection:
    return measure_wheel(told_policy(), drives, leaves=(2, 64))


def test_many_leaves_drive_as_the_network_and_few_do_not(found: WheelSection) -> None:
    assert found.network.within == found.network.drives == 12
    assert found.constant.within < 3
    assert set(found.trees) == {"steering", "neurons", "situation"}
    few, many = found.trees["steering"]
    assert (few.leaves, many.leaves) == (2, 64)
    assert many.driven.within >= 10
    assert few.driven.mean_abs_offset_m > many.driven.mean_abs_offset_m > found.network.mean_abs_offset_m
    assert many.tree.r2 > 0.98 > few.tree.r2
    assert found.best("steering") is many


def test_figures_and_words(found: WheelSection) -> None:
    data = json.loads(json.dumps(found.to_json()))
    assert data["network"]["by_season"] == {"summer": 6, "winter": 6}
    assert data["network"]["within_ci95"][1] == 1.0
    assert [row["leaves"] for row in data["trees"]["neurons"]] == [2, 64]
    assert any("hidden_" in path for path in data["best"]["neurons"]["paths"])
    assert "steers" in data["best"]["situation"]["paths"][0]
    made = wheel_fragment(found)
    assert "12 (12) of 12" in made
    assert f"The tree of {found.best('neurons').leaves} leaves over its neurons, in words" in made
    assert f"on {found.best('neurons').driven.within} of 12 drives (it itself on 12)" in wheel_finding(found)


def test_the_roads_are_others() -> None:
    one, same, another = (Scenario(route_seed=seed, seed=seed) for seed in (60_001, 60_001, 2**31 - 1))
    assert other_road(one) == other_road(same) != one
    assert other_road(one).model_copy(update={"route_seed": 60_001, "seed": 60_001}) == one
    assert other_road(another).route_seed != another.route_seed


def test_of_no_tree_that_keeps_the_lane_nothing_good_is_said(found: WheelSection) -> None:
    lost = tuple(replace(one, driven=replace(one.driven, within=0)) for one in found.trees["neurons"])
    none = replace(found, trees={"neurons": lost})
    assert wheel_finding(none) == "no tree of up to 64 leaves keeps the lane in its place"


def test_other_simulators_are_refused(drives: list[TracedDrive]) -> None:
    elsewhere = replace(drives[0], episode=replace(drives[0].episode, simulator="carla"))
    with pytest.raises(EpisodeError, match="an episode of another simulator"):
        measure_wheel(told_policy(), [elsewhere, drives[0]])


def test_the_told_policy_drives(drives: list[TracedDrive]) -> None:
    policy: Policy = told_policy()
    assert not policy.needs_camera
    assert all(len(drive) == 300 and np.abs(drive.episode.state.lateral_offset_m).max() < 0.5 for drive in drives)
