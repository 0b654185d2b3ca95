"""The window of a flight, driven by posted events and looked at by its pixels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.display import count, piece, press, release
from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.targets import COLOURS
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import FlightWorlds
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.drawing.theme import BLUE, GREEN, INK, ORANGE, WOOD
from wormdrive.find_target.cockpit.flight_view import FLIGHT, FLIGHT_VIEW
from wormdrive.find_target.cockpit.live import FlightLive
from wormdrive.find_target.cockpit.monitor import flight_monitor
from wormdrive.find_target.cockpit.session import FlightSession
from wormdrive.find_target.flights import PolicyPilot
from wormdrive.find_target.policy import FlightPolicy


@pytest.fixture
def live(tmp_path: Path) -> Iterator[FlightLive]:
    policy, numbers = FlightPolicy("ncp").eval(), itertools.count()
    pilot, cockpit = PolicyPilot(policy), Cockpit(FLIGHT, "flights", FLIGHT_VIEW)
    session = FlightSession(
        FlightWorlds(1, WoodCamera()),
        lambda: FlightScenario(site=2, seed=11 + next(numbers), distance_m=20.0),
        pilot,
        "ncp",
        monitor=flight_monitor(policy, lambda: pilot.state),
    )
    yield FlightLive(session, cockpit, tmp_path / "films", fixed=True)
    session.close()
    cockpit.close()


def window(live: FlightLive, frames: int = 1) -> np.ndarray:
    for _ in range(frames):
        live.frame()
    return live.cockpit.picture()


def road(live: FlightLive, picture: np.ndarray) -> np.ndarray:
    return piece(picture, live.cockpit.layout.road)[60:390, 1:-1].astype(int)


def test_every_panel_shows_its_part(live: FlightLive) -> None:
    picture, layout = window(live, 5), live.cockpit.layout
    large = live.session.worlds.render(live.scaling.camera)[0]
    np.testing.assert_array_equal(road(live, picture), large[63:393, 1:-1])  # three rows are cut off above and below
    charts, map_ = piece(picture, layout.charts), piece(picture, layout.map)
    assert min(count(charts, BLUE), count(charts, GREEN)) > 40
    assert count(map_, WOOD) > 20
    assert count(map_, COLOURS["red"]) > 20
    assert count(map_, INK) > 20
    assert live.session.monitor is not None
    assert live.session.monitor.graph is not None
    assert len(live.session.monitor.graph.roles) == 32 + 34
    assert piece(picture, layout.network).std() > 25.0


def test_the_season_by_key_is_a_dissolve_to_it(live: FlightLive) -> None:
    press("p")
    before = road(live, window(live))
    press("3")
    frames = [road(live, window(live)) for _ in range(11)]
    assert frames[-1].mean() > before.mean() + 30.0
    assert len(live.session.history) == 0
    assert before.mean() < frames[4].mean() < frames[-1].mean()


def test_step_restart_and_another_flight(live: FlightLive) -> None:
    window(live, 4)
    assert len(live.session.history) == 4
    press("r")
    window(live)
    assert len(live.session.history) == 1
    seed = live.session.scenario.seed
    press("n")
    press("s")
    window(live, 3)
    assert len(live.session.history) == 1
    assert live.session.scenario.seed == seed + 1


def test_arrows_fly_as_long_as_they_are_held(live: FlightLive) -> None:
    press("left")
    marked = window(live, 3)
    assert live.session.history["yaw_rate"].tolist() == [1.0] * 3
    assert count(piece(marked, live.cockpit.layout.charts), ORANGE) > 5
    release("left")
    window(live)
    assert live.session.history["person"].tolist() == [1.0, 1.0, 1.0, 0.0]


def test_gaze_by_key(live: FlightLive) -> None:
    inner = live.cockpit.layout.seen.below(40)
    press("p")
    glowing = piece(window(live), inner).astype(int)
    press("a")
    plain = piece(window(live), inner).astype(int)
    assert glowing[..., 0].max() > 220
    assert np.abs(glowing - plain).mean() > 5.0
