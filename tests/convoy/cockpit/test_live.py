"""The window of a convoy, driven by posted events and looked at by its pixels."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.support.display import click, count, piece, press
from wormdrive.convoy.cockpit.convoy_view import CONVOY, convoy_view
from wormdrive.convoy.cockpit.live import ConvoyLive
from wormdrive.convoy.cockpit.session import ConvoySession
from wormdrive.convoy.config import CAMERA, MODELS
from wormdrive.convoy.follower import Follower
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import ConvoySimulator
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.drawing.theme import BLUE, GHOST, GREEN, INK, MUTED, ORANGE
from wormdrive.envs.viewer.user_commands import UserCommand

CARS = 4


@pytest.fixture
def live(tmp_path: Path) -> Iterator[ConvoyLive]:
    seeds = itertools.count(3)

    def draw_scenario() -> ConvoyScenario:
        seed = next(seeds)
        road = Scenario(route_seed=seed, seed=seed, route_length_m=route_length_m(30.0, CARS), time_limit_s=30.0)
        return ConvoyScenario(road=road, profile="braking")

    torch.manual_seed(0)
    simulator, cockpit = ConvoySimulator(1, CARS, camera=CAMERA), Cockpit(CONVOY, "convoy", convoy_view(CARS))
    session = ConvoySession(simulator, draw_scenario, Follower(MODELS["ncp"]).eval(), "ncp")
    yield ConvoyLive(session, cockpit, tmp_path / "films", fixed=True)
    session.close()
    simulator.close()
    cockpit.close()


def window(live: ConvoyLive, frames: int = 1) -> np.ndarray:
    for _ in range(frames):
        live.frame()
    return live.cockpit.picture()


def road(live: ConvoyLive, picture: np.ndarray) -> np.ndarray:
    return piece(picture, live.cockpit.layout.road)[60:390, 1:-1].astype(int)


def test_every_panel_shows_its_part(live: ConvoyLive) -> None:
    picture, layout = window(live, 5), live.cockpit.layout
    large = live.session.simulator.embedded.render(live.scaling.camera, [1])[0]
    np.testing.assert_array_equal(road(live, picture), large[60:390, 1:-1])
    picture = window(live, 25)  # until speeds and gaps have come apart
    charts, map_ = piece(picture, layout.charts), piece(picture, layout.map).copy()
    for colour in (BLUE, GHOST, GREEN, ORANGE):
        assert count(charts, colour) > 5
    assert count(map_[34:], ORANGE) > 5  # the first car
    assert count(map_[34:], MUTED) > 5  # the other followers
    assert count(map_[34:], INK) > 20
    assert len(live.session.monitor.graph.roles) == 32 + 20
    assert piece(picture, layout.network).std() > 25.0


def test_any_car_can_be_followed_by_key_and_button(live: ConvoyLive) -> None:
    window(live)
    press("p")
    seen = {live.session.followed: road(live, window(live))}
    button = next(one for one in live.cockpit._button_widgets if one.user_command == UserCommand("follow"))
    for key in ("tab", "]", "[", "[", "[", None):
        if key is None:
            click(button.box)
        else:
            press(key)
        picture = road(live, window(live))
        followed = live.session.followed
        np.testing.assert_array_equal(picture, seen.setdefault(followed, picture))
        large = live.session.simulator.embedded.render(live.scaling.camera, [followed])[0]
        np.testing.assert_array_equal(picture, large[60:390, 1:-1])
    assert sorted(seen) == [0, 1, 2, 3]


def test_the_first_car_shows_a_large_map_in_place_of_neurons(live: ConvoyLive) -> None:
    window(live, 3)
    press("[")
    picture = window(live)
    assert "saliency" not in live.lit
    assert count(piece(picture, live.cockpit.layout.network), INK) > 20  # the arrow on the map
    press("]")
    assert count(piece(window(live), live.cockpit.layout.map)[34:], ORANGE) > 5


def test_the_season_by_key_and_another_road(live: ConvoyLive) -> None:
    press("p")
    before = road(live, window(live)).mean()
    press("3")
    assert road(live, window(live, 11)).mean() > before + 15.0
    press("n")
    press("s")
    window(live, 2)
    assert live.session.scenario.road.seed == 4
    assert len(live.session.history) == 1
    assert live.session.conditions.season.name == "winter"
