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
from wormdrive.envs.episode import Episode
from wormdrive.envs.scenario import Scenario
from wormdrive.envs.simulator import CameraConfig, Simulator
from wormdrive.envs.simulators import open_simulator
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.wishes import REPLAY
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.reel import Reel
from wormdrive.scenarios.cockpit.replay import Replay
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.scenarios.entrant import enter
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
    session = Session(simulator, Scenario(seed=5, route_seed=7), [enter("ncp")], log=log)
    live = Live(session, cockpit)

    def road() -> np.ndarray:
        return piece(cockpit.picture(), cockpit.layout.road)[60:390, 1:-1].astype(int)

    for _ in range(3):
        live.frame()
    summer = road()
    assert summer.std() > 20.0
    large = simulator.picture(live.pace.camera, [0])[0]
    assert large.shape == (450, 800, 3)
    np.testing.assert_array_equal(summer, large[60:390, 1:-1])
    press("3")
    for _ in range(47):
        live.frame()
    assert road()[150:].mean() > summer[150:].mean() + 20.0
    assert len(session.trace) == 50
    for _ in range(35):
        session.advance(cockpit.hands)
    session.close()
    cockpit.close()
    episode = Episode.load(log.written[-1])
    assert episode.simulator == "carla"
    assert episode.frames is not None
    assert episode.scenario.conditions.season.name == "winter"

    player = Cockpit(REPLAY)
    reel = Reel(episode, "winter")
    assert (reel.course.start_m, reel.course.end_m) == (reel.trace["station_m"][0], reel.trace["station_m"][-1])
    replay = Replay([reel], player)
    for _ in range(3):
        replay.frame()
    assert replay.index == 3
    assert piece(player.picture(), player.layout.seen).std() > 10.0
    player.close()


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
