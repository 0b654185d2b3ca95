"""A convoy that can be watched drives as it would unwatched, whoever is followed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.convoy_expert import ConvoyExpert
from wormdrive.convoy.cockpit.session import ConvoySession
from wormdrive.convoy.config import CAMERA, MODELS
from wormdrive.convoy.evaluation import FollowerDriver
from wormdrive.convoy.follower import Follower
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import ConvoySimulator
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.user_commands import DriverCommand

CARS = 3
HANDS_OFF = DriverCommand()


def scenario(seconds: float = 4.0, seed: int = 3) -> ConvoyScenario:
    road = Scenario(route_seed=seed, seed=seed, route_length_m=route_length_m(seconds, CARS), time_limit_s=seconds)
    return ConvoyScenario(road=road, profile="sinusoid")


def ncp() -> Follower:
    torch.manual_seed(0)
    return Follower(MODELS["ncp"]).eval()


def session(follower: Follower | None = None, seconds: float = 4.0) -> ConvoySession:
    return ConvoySession(ConvoySimulator(1, CARS, camera=CAMERA), lambda: scenario(seconds), follower, "someone")


@pytest.mark.parametrize("network", [False, True])
def test_a_watched_drive_is_the_drive(network: bool) -> None:
    follower = ncp() if network else None
    simulator = ConvoySimulator(1, CARS, camera=CAMERA)
    driver = ConvoyExpert(simulator) if follower is None else FollowerDriver(follower, simulator)
    watched, shown = session(follower), simulator.reset([scenario()])
    for step in range(12):
        for name in ("speed_mps", "lateral_offset_m"):
            np.testing.assert_array_equal(getattr(watched.shown.state, name), getattr(shown.state, name))
        shown = simulator.step(driver.act(shown))
        watched.follow(1)
        assert watched.advance(HANDS_OFF)
        if watched.monitor is not None:
            watched.monitor.read()
            watched.monitor.gaze(watched.seen)
        assert [len(history) for history in watched.histories] == [step + 1] * CARS


def test_each_car_has_a_history_of_its_own() -> None:
    watched = session()
    for _ in range(5):
        watched.advance(HANDS_OFF)
    first, second, third = watched.histories
    assert np.isnan(first["gap_m"]).all()
    length_m = watched.simulator.embedded.parameters.length_m
    np.testing.assert_allclose(second["gap_m"], first["station_m"] - second["station_m"] - length_m)
    np.testing.assert_allclose(third["wanted_m"], 4.0 + third["speed_mps"])
    np.testing.assert_array_equal(third["speed_1_mps"], second["speed_mps"])
    np.testing.assert_allclose(np.diff(third["time_s"]), 0.1)


def test_following_goes_round_and_the_first_car_has_neither_camera_nor_network() -> None:
    watched = session(ncp())
    watched.advance(HANDS_OFF)
    assert watched.followed == 1
    np.testing.assert_array_equal(watched.seen, watched.shown.camera[0, 0])
    watched.follow(1)
    np.testing.assert_array_equal(watched.seen, watched.shown.camera[0, 1])
    assert watched.monitor is not None
    watched.follow(1)
    assert (watched.followed, watched.seen, watched.monitor) == (0, None, None)
    watched.follow(-1)
    assert watched.followed == CARS - 1


def test_the_neurons_are_those_of_the_car_that_is_followed() -> None:
    watched = session(ncp())
    for _ in range(3):
        watched.advance(HANDS_OFF)
    for car in (1, 2):
        watched.followed = car
        neural = watched.monitor.read()
        np.testing.assert_array_equal(neural.activity[32:], watched._driver.memory[car - 1].numpy())
        sensory = neural.activity[:32]
        watched.followed = 3 - car
        assert np.abs(watched.monitor.read().activity[:32] - sensory).max() > 1e-4


def test_the_season_changes_for_all_cars_and_a_drive_ends() -> None:
    watched = session(seconds=1.5)
    before = watched.shown.camera.mean()
    watched.season("winter")
    while watched.advance(HANDS_OFF):
        pass
    assert watched.end_reason == "time_limit"
    assert len(watched.history) == 15
    names = {one.conditions.season.name for one in watched.simulator.embedded.scenarios}
    assert names == {"winter"}
    assert (watched.shown.camera[0].mean(axis=(1, 2, 3)) > before + 10.0).all()
    watched.restart()
    assert len(watched.history) == 0
    assert (watched.shown.camera[0].mean(axis=(1, 2, 3)) > before + 10.0).all()
