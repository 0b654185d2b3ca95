"""Recorded drives, scrubbed through: their pictures are the drive's own, or another season's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.support.display import click, drag, piece, press
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.envs.common.errors import EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.seasons.weather_controls import WeatherControls
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.user_commands import REPLAY
from wormdrive.scenarios.cockpit.episode_player import EpisodePlayer
from wormdrive.scenarios.cockpit.network_monitor import OfflineMonitor
from wormdrive.scenarios.cockpit.replay import Replay
from wormdrive.training.collect import collect

STEPS = 70
SUMMER = Conditions.preset("summer")


def record(**changes: object) -> Episode:
    simulator = EmbeddedSimulator(1, camera=None)
    scenario = Scenario(seed=5, route_seed=7).model_copy(update=changes)
    nobody = np.zeros(1, np.bool_)
    (episode,) = collect(
        simulator, [scenario], lambda _seen, target: (target, nobody), np.zeros((1, STEPS)), CameraConfig()
    )
    return episode


@pytest.fixture(scope="module")
def episode() -> Episode:
    return record()


@pytest.fixture
def cockpit() -> Iterator[Cockpit]:
    made = Cockpit(REPLAY)
    yield made
    made.close()


def test_the_frames_are_those_of_the_drive(episode: Episode) -> None:
    player = EpisodePlayer(episode, "one")
    drawn = render_episode(episode).camera
    for index in (40, 3, STEPS - 1):
        np.testing.assert_array_equal(player.seen(index, SUMMER), drawn[index])
    winter = Conditions.preset("winter")
    np.testing.assert_array_equal(player.seen(9, winter), render_episode(episode.part(9, 10), winter).camera[0])
    np.testing.assert_array_equal(player.seen(9, SUMMER), drawn[9])
    player.close()


def test_a_part_of_a_drive_is_the_same_frames(episode: Episode) -> None:
    player, part = EpisodePlayer(episode, "all"), EpisodePlayer(episode.part(20, 50), "part")
    np.testing.assert_array_equal(part.seen(5, SUMMER), player.seen(25, SUMMER))
    np.testing.assert_array_equal(part.history["station_m"], player.history["station_m"][20:50])


def test_frames_of_its_own_are_shown_as_they_are(episode: Episode) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (STEPS, 78, 200, 3), np.uint8)
    player = EpisodePlayer(replace(episode, simulator="carla", frames=frames), "carla")
    assert not player.redrawable
    np.testing.assert_array_equal(player.seen(7, Conditions.preset("winter")), frames[7])
    np.testing.assert_array_equal(player.road(7, CameraConfig(width=800, height=450), SUMMER), frames[7])
    with pytest.raises(EpisodeError, match="empty: recorded from CARLA, but without its frames"):
        EpisodePlayer(replace(episode, simulator="carla"), "empty").road(0, CameraConfig(), SUMMER)


def test_keys_and_slider_scrub(episode: Episode, cockpit: Cockpit) -> None:
    replay = Replay([EpisodePlayer(episode, "one")], cockpit)
    for _ in range(5):
        replay.frame()
    assert replay.index == 5
    press("right")
    replay.frame()
    assert (replay.index, replay.paused) == (6, True)
    press("up")
    replay.frame()
    assert replay.index == 36
    press("left")
    replay.frame()
    assert replay.index == 35
    assert cockpit._seek is not None
    drag(cockpit._seek.box, 0.0)
    replay.frame()
    assert replay.index == 0
    drag(cockpit._seek.box, 1.0)
    replay.frame()
    assert replay.index == STEPS - 1
    press("space")
    replay.frame()
    assert replay.index == 1  # from the start again
    press("f")
    replay.frame()
    assert replay.index == 3
    press("r")
    replay.frame()
    assert replay.index == 2
    press("q")
    replay.run()
    assert replay.done


def test_it_stops_at_the_end(episode: Episode, cockpit: Cockpit) -> None:
    replay = Replay([EpisodePlayer(episode.part(0, 50), "one")], cockpit)
    replay.index = 46
    for _ in range(6):
        replay.frame()
    assert (replay.index, replay.paused) == (49, True)


def test_the_road_turns_white_in_winter_and_back(episode: Episode, cockpit: Cockpit) -> None:
    replay = Replay([EpisodePlayer(episode, "one")], cockpit)
    replay.paused = True

    def road() -> np.ndarray:
        replay.frame()
        replay._transitions[0].advance(1.0)
        replay.frame()
        return piece(cockpit.picture(), cockpit.layout.road)[200:380].astype(int)

    own = road()
    press("3")
    assert road().mean() > own.mean() + 30.0
    click(cockpit._conditions.seasons[1].box)
    autumn = road()
    assert (autumn[..., 0] - autumn[..., 1]).mean() > (own[..., 0] - own[..., 1]).mean() + 5.0
    press("0")
    np.testing.assert_array_equal(road(), own)


def test_it_can_begin_in_another_season(episode: Episode, cockpit: Cockpit) -> None:
    player = EpisodePlayer(episode, "one")
    replay = Replay([player], cockpit, controls=WeatherControls.preset("winter", "night"))
    replay.paused = True
    replay.frame()
    shown = piece(cockpit.picture(), cockpit.layout.road)[60:380, 1:-1]
    camera = CameraConfig(width=800, height=450)
    np.testing.assert_array_equal(shown, player.road(0, camera, Conditions.preset("winter", "night"))[60:380, 1:-1])


def test_two_drives_side_by_side(episode: Episode, cockpit: Cockpit) -> None:
    short = record(conditions=Conditions.preset("winter")).part(0, 30)
    replay = Replay([EpisodePlayer(episode, "summer"), EpisodePlayer(short, "winter")], cockpit)
    for _ in range(40):
        replay.frame()
    shown = piece(cockpit.picture(), cockpit.layout.road).astype(int)
    assert shown[200:380, 410:].mean() > shown[200:380, :390].mean() + 30.0
    held = shown[60:380, 410:]
    replay.frame()
    after = piece(cockpit.picture(), cockpit.layout.road).astype(int)
    np.testing.assert_array_equal(after[60:380, 410:], held)  # the shorter one waits at its end
    assert np.abs(after - shown)[60:380, :390].mean() > 1.0
    assert cockpit._ghost is not None


def test_drives_on_other_roads_cast_no_ghost(episode: Episode, cockpit: Cockpit) -> None:
    Replay([EpisodePlayer(episode, "one"), EpisodePlayer(record(route_seed=8), "other")], cockpit)
    assert cockpit._ghost is None


def test_a_policy_looks_on(episode: Episode, cockpit: Cockpit) -> None:
    offline_monitor = OfflineMonitor(load_policy("ncp"), episode.dt_s)
    replay = Replay([EpisodePlayer(episode, "one")], cockpit, offline_monitor=offline_monitor)
    for _ in range(3):
        replay.frame()
    neural = offline_monitor.monitor.read()
    assert neural is not None
    assert np.abs(neural.activity).max() > 0.0
    glowing = piece(cockpit.picture(), cockpit.layout.seen)[34:]
    assert glowing[..., 0].max() > 220
    press("a")
    replay.frame()
    assert np.abs(piece(cockpit.picture(), cockpit.layout.seen)[34:].astype(int) - glowing).mean() > 5.0


def test_a_replay_can_be_filmed(episode: Episode, cockpit: Cockpit, tmp_path: Path) -> None:
    replay = Replay([EpisodePlayer(episode, "one")], cockpit, films=tmp_path)
    press("v")
    replay.run(3)
    assert [path.name for path in replay.filming.saved] == ["replay-001.mp4"]
