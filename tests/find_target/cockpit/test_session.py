"""A flight that can be watched goes as it would unwatched, and changes only what is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import END_REASONS, FlightWorlds
from wormdrive.envs.viewer.user_commands import DriverCommand
from wormdrive.find_target.cockpit.session import FlightSession
from wormdrive.find_target.flights import ExpertPilot, fly

FLIGHT = FlightScenario(site=2, seed=11, distance_m=8.0)
HANDS_OFF = DriverCommand()


def session(flight: FlightScenario = FLIGHT) -> FlightSession:
    return FlightSession(FlightWorlds(1, WoodCamera()), lambda: flight, ExpertPilot(), "expert")


def test_a_watched_flight_is_the_flight() -> None:
    (flown,) = fly(FlightWorlds(1, WoodCamera()), [FLIGHT], ExpertPilot(), keep=True)
    watched = session()
    frames = [watched.seen.camera[0]]
    while watched.advance(HANDS_OFF):
        frames.append(watched.seen.camera[0])
    np.testing.assert_array_equal(np.stack(frames[:-1]), flown.frames)
    assert watched.end_reason == END_REASONS[flown.end_reason] == "found"
    history = watched.history
    assert len(history) == len(frames)
    assert history["distance_m"][-1] == flown.distance_m
    assert history["visible_px"][-1] > history["visible_px"][0] > 0.0
    np.testing.assert_allclose(np.diff(history["time_s"]), 0.1)
    assert ((history["height_m"] > 1.9) & (history["height_m"] < 6.1)).all()
    assert not watched.advance(HANDS_OFF)


def test_a_hand_flies_and_lets_go() -> None:
    by_hand = session()
    by_hand.advance(DriverCommand(steer=-1.0, pedal=-0.5, on=True, keys=True))
    by_hand.advance(HANDS_OFF)
    history = by_hand.history
    assert history["person"].tolist() == [1.0, 0.0]
    assert (history["forward"][0], history["lateral"][0], history["yaw_rate"][0]) == (-0.5, 0.0, 1.0)
    assert by_hand.worlds.flight.rates[0, 3] > 0.1  # to the left
    plain = session()
    plain.advance(HANDS_OFF)
    assert history["climb"][0] == plain.history["climb"][0]  # the pilot keeps the height


def test_the_season_changes_within_a_second_and_stays_for_the_next_flight() -> None:
    changed = session(FlightScenario(site=2, seed=11, distance_m=30.0))
    summer = changed.seen.camera[0]
    changed.season("winter")
    for _ in range(10):
        changed.advance(HANDS_OFF)
    assert changed.conditions.season.name == "winter"
    assert changed.ends is None
    assert changed.seen.camera[0].mean() > summer.mean() + 30.0
    changed.restart()
    assert len(changed.history) == 0
    assert changed.seen.camera[0].mean() > summer.mean() + 30.0
    np.testing.assert_allclose(changed.worlds.flight.position[0, :2], changed.woods.start)


@pytest.mark.parametrize("steps", [3, 7])
def test_a_picture_in_another_season_leaves_the_flight_alone(steps: int) -> None:
    looked, plain = session(), session()
    conditions = session().conditions.preset("autumn")
    for _ in range(steps):
        looked.worlds.render(looked.worlds.camera, conditions=conditions)
        looked.advance(HANDS_OFF)
        plain.advance(HANDS_OFF)
    np.testing.assert_array_equal(looked.seen.camera, plain.seen.camera)
    np.testing.assert_array_equal(looked.seen.camera, looked.worlds.render(looked.worlds.camera))
