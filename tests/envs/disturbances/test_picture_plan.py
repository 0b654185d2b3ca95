"""Recorded drives with disturbances show the same bits when they are drawn again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from tests.envs.disturbances.test_disturbed_simulator import KINDS
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.disturbances.picture_plan import picture_plan
from wormdrive.envs.embedded.episode_renderer import EpisodeRenderer, render_episode
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import VehicleState
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulator_factory import open_simulator

STEPS = 50
SMALL = CameraConfig(width=64, height=24)
NAMES = [field.name for field in dataclasses.fields(VehicleState)]


def recorded(**kinds: dict[str, float]) -> tuple[Episode, np.ndarray, np.ndarray]:
    scenario = Scenario(route_seed=5, route_length_m=60.0, seed=8, traffic=2, disturbances=kinds)  # type: ignore[arg-type]
    simulator = open_simulator(camera=SMALL, segmentation=True)
    seen = simulator.reset([scenario])
    states, frames, classes = [], [], []
    for step in range(STEPS):
        states.append(seen.state)
        frames.append(seen.camera[0])
        classes.append(seen.segmentation[0])
        seen = simulator.step(np.array([[0.02 * np.sin(step), np.nan]]))
    simulator.close()
    episode = Episode(
        scenario=scenario,
        camera=SMALL,
        dt_s=simulator.dt_s,
        state=VehicleState(**{name: np.concatenate([getattr(s, name) for s in states]) for name in NAMES}),
        command=np.zeros((STEPS, 2)),
        target_curvature=np.zeros(STEPS),
        intervention=np.zeros(STEPS, np.bool_),
    )
    return episode, np.stack(frames), np.stack(classes)


@pytest.mark.parametrize("name", [*KINDS, "all"])
def test_an_episode_is_drawn_again_bit_for_bit(name: str, tmp_path: Path) -> None:
    episode, seen, classes = recorded(**(KINDS if name == "all" else {name: KINDS[name]}))
    episode.save(tmp_path / "a.episode")
    back = Episode.load(tmp_path / "a.episode")
    assert back.scenario == episode.scenario
    frames = render_episode(back, segmentation=True, threads=2)
    np.testing.assert_array_equal(frames.camera, seen)
    np.testing.assert_array_equal(frames.segmentation, classes)
    some = render_episode(back, frames=slice(20, 41, 4))
    np.testing.assert_array_equal(some.camera, seen[20:41:4])


def test_a_part_says_where_its_first_picture_is() -> None:
    episode, seen, _ = recorded(latency={"delay_s": 0.2})
    part = episode.part(20, 40)
    np.testing.assert_array_equal(render_episode(part, frames=slice(6, None)).camera, seen[26:40])
    with pytest.raises(EpisodeError, match="first_step=20: allowed is up to 14, when what is shown at 20 was taken"):
        render_episode(part)


def test_the_same_disturbances_in_another_season() -> None:
    episode, seen, _ = recorded(blackout={"duration_s": 0.3, "period_s": 1.0}, dirt={"cover": 0.3})
    winter = render_episode(episode, Conditions.preset("winter")).camera
    black = ~seen.any(axis=(1, 2, 3))
    assert 0 < black.sum() < STEPS
    assert (~winter.any(axis=(1, 2, 3)) == black).all()
    assert winter[~black].mean() > seen[~black].mean() + 10.0


def test_only_some_steps_of_a_drive_may_be_asked_for() -> None:
    episode, seen, _ = recorded(drop={"probability": 0.5})
    renderer = EpisodeRenderer([Scenario(), episode.scenario], camera=SMALL)
    chosen = np.array([33, 2, 33])
    np.testing.assert_array_equal(renderer.draw_shown(1, chosen, episode.state).camera, seen[chosen])
    assert renderer.draw_shown(1, chosen[:0], episode.state).camera.shape == (0, 24, 64, 3)
    for which, index in ((2, 0), (-1, 0), (1, STEPS), (1, -1)):
        with pytest.raises(ArgumentError, match=r"which=|index="):
            renderer.draw_shown(which, np.array([index]), episode.state)


def test_old_episodes_without_a_word_of_disturbances_are_read(tmp_path: Path) -> None:
    episode, seen, _ = recorded()
    episode.save(tmp_path / "a.episode")
    assert b"disturbances" not in (tmp_path / "a.episode").read_bytes()
    np.testing.assert_array_equal(render_episode(Episode.load(tmp_path / "a.episode")).camera, seen)


def test_there_is_a_plan_where_pictures_are_concerned() -> None:
    about = {name for name in KINDS if picture_plan(Scenario(disturbances={name: KINDS[name]})) is not None}
    assert set(KINDS) - about == {"mount", "wind", "ruts", "steering", "grip", "speed", "arriving_snow"}
    assert picture_plan(Scenario()) is None
    assert json.loads(Scenario().model_dump_json()).get("disturbances") is None
