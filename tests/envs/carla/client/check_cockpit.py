"""The cockpit on a server: the road through a second camera, seasons, a recorded drive and its replay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
import torch

from tests.support.carla_server import ServerProcess
from tests.support.display import piece, press
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulator_factory import open_simulator
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.user_commands import REPLAY
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.episode_player import EpisodePlayer
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.replay import Replay
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.training.drive_log import DriveLog


@pytest.fixture(autouse=True)
def _simulated_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    torch.set_num_threads(1)


@pytest.fixture
def simulator(server: ServerProcess) -> Iterator[Simulator]:
    made = open_simulator("carla", 1, CameraConfig(), host="127.0.0.1", ports=(server.port,), timeout_s=120.0)
    yield made
    made.close()


def test_watch_change_the_season_record_and_replay(simulator: Simulator, tmp_path: Path) -> None:
    cockpit = Cockpit()
    log = DriveLog(simulator, tmp_path, human=False)
    session = Session(simulator, Scenario(seed=5, route_seed=7), [load_candidate("ncp")], log=log)
    live = Live(session, cockpit)

    def road() -> np.ndarray:
        return piece(cockpit.picture(), cockpit.layout.road)[60:390, 1:-1].astype(int)

    for _ in range(3):
        live.frame()
    summer = road()
    assert summer.std() > 20.0
    large = simulator.render(live.scaling.camera, [0])[0]
    assert large.shape == (450, 800, 3)
    np.testing.assert_array_equal(summer, large[60:390, 1:-1])
    press("3")
    for _ in range(47):
        live.frame()
    assert road()[150:].mean() > summer[150:].mean() + 20.0
    assert len(session.history) == 50
    for _ in range(35):
        session.advance(cockpit.driver_command)
    session.close()
    cockpit.close()
    episode = Episode.load(log.written[-1])
    assert episode.simulator == "carla"
    assert episode.frames is not None
    assert episode.scenario.conditions.season.name == "winter"

    window = Cockpit(REPLAY)
    player = EpisodePlayer(episode, "winter")
    assert (player.course.start_m, player.course.end_m) == (
        player.history["station_m"][0],
        player.history["station_m"][-1],
    )
    replay = Replay([player], window)
    for _ in range(3):
        replay.frame()
    assert replay.index == 3
    assert piece(window.picture(), window.layout.seen).std() > 10.0
    window.close()


def test_the_environments_window(server: ServerProcess) -> None:
    env = gym.make(
        "wormdrive/LaneKeeping-v0", simulator="carla", host="127.0.0.1", port=server.port, render_mode="human"
    )
    env.reset(seed=0)
    for _ in range(3):
        env.step(np.zeros(1, np.float32))
    cockpit = env.unwrapped._window.cockpit
    assert piece(cockpit.picture(), cockpit.layout.road).std() > 20.0
    env.close()
