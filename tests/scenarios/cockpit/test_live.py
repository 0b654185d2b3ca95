"""The cockpit's loop, driven by posted events and looked at by its pixels."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.support.display import click, count, drag, piece, press, release
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.seasons.conditions import SEASONS
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.envs.viewer.drawing.theme import EDGE, INK, ORANGE, RED
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.session import Session

Go = Callable[[int], np.ndarray]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    simulator, cockpit = EmbeddedSimulator(1), Cockpit()
    session = Session(simulator, Scenario(seed=5, route_seed=7), [load_candidate("ncp"), load_candidate("expert")])
    yield Live(session, cockpit, tmp_path / "films", ResolutionScaling(CameraConfig(), fixed=True))
    session.close()
    cockpit.close()
    simulator.close()


def test_the_large_picture_is_taken_from_where_the_driver_looks(live: Live) -> None:
    own = CameraConfig(fov_deg=60.0, pitch_rad=0.2)
    camera = Live(live.session, live.cockpit, camera=own).scaling.camera
    assert (camera.fov_deg, camera.pitch_rad) == (60.0, 0.2)
    assert camera.width > own.width


@pytest.fixture
def go(live: Live) -> Go:
    def go_on(frames: int) -> np.ndarray:
        for _ in range(frames):
            live.frame()
        return live.cockpit.picture()

    return go_on


def road(live: Live, picture: np.ndarray) -> np.ndarray:
    return piece(picture, live.cockpit.layout.road)[60:390, 1:-1].astype(int)


def test_the_window_shows_the_drive(live: Live, go: Go) -> None:
    first = road(live, go(1))
    camera = live.scaling.camera
    np.testing.assert_array_equal(first, live.session.simulator.render(camera)[0][60:390, 1:-1])
    assert np.abs(road(live, go(5)) - first).mean() > 3.0
    assert len(live.session.history) == 6


def test_seasons_by_key_are_seasons_on_the_road(live: Live, go: Go) -> None:
    press("p")
    seen = {}
    for key, season in enumerate(SEASONS, start=1):
        press(str(key))
        go(1)
        live.session.rest(1.0)
        seen[season] = road(live, go(1)).mean(axis=(0, 1))
        assert live.session.conditions.season.name == season
    assert len(live.session.history) == 0  # pausing stops time, not the seasons
    # snow is brighter than all else; in autumn red outweighs green as in no other season
    assert min(seen["winter"]) > max(max(seen[name]) for name in ("summer", "autumn", "spring"))
    redness = {name: colour[0] - colour[1] for name, colour in seen.items()}
    assert max(redness, key=lambda name: redness[name]) == "autumn"
    assert redness["summer"] < 0.0


def test_a_change_of_season_is_a_dissolve(live: Live, go: Go) -> None:
    press("p")
    go(1)
    click(live.cockpit._conditions.seasons[2].box)
    frames = [road(live, go(1)) for _ in range(32)]
    change = np.array([np.abs(after - before).mean() for before, after in itertools.pairwise(frames)])
    assert np.abs(frames[-1] - frames[0]).mean() > 25.0
    assert change.max() < 0.1 * np.abs(frames[-1] - frames[0]).mean()  # no frame is a jump
    assert change.sum() < 1.2 * np.abs(frames[-1] - frames[0]).mean()  # and none a step back


def test_pause_and_step(live: Live, go: Go) -> None:
    go(3)
    press("p")
    go(4)
    assert len(live.session.history) == 3
    press("s")
    go(2)
    assert len(live.session.history) == 4
    press("space")
    go(2)
    assert len(live.session.history) == 6


def test_fast_is_two_and_four_times(live: Live, go: Go) -> None:
    for expected in (2, 4, 1):
        press("f")
        before = len(live.session.history)
        go(3)
        assert len(live.session.history) - before == 3 * expected


def test_taking_over_by_arrow_is_marked_on_the_charts(live: Live, go: Go) -> None:
    assert count(piece(go(10), live.cockpit.layout.charts), ORANGE) == 0
    press("left")
    marked = go(8)
    assert live.session.history["person"][-1] == 1.0
    assert count(piece(marked, live.cockpit.layout.charts), ORANGE) > 10
    assert live.session.history["steer"][-1] < live.session.history["steer"][9] - 0.1
    release("left")
    go(45)
    assert live.session.history["person"][-1] == 0.0


def test_the_button_takes_the_wheel_and_keeps_it(live: Live, go: Go) -> None:
    press("t")
    go(20)
    assert live.session.history["person"][-1] == 1.0
    press("t")
    go(30)
    assert live.session.history["person"][-1] == 0.0


def test_restart_and_next(live: Live, go: Go) -> None:
    go(10)
    press("r")
    go(1)
    assert len(live.session.history) == 1
    go(9)
    press("n")
    go(1)
    assert live.session.name == "expert"
    assert live.session.ghost is not None
    assert len(live.session.ghost) == 10


def test_gaze_by_key(live: Live, go: Go) -> None:
    inner = live.cockpit.layout.seen.below(40)
    glowing = piece(go(1), inner).astype(int)
    press("a")
    press("p")
    plain = piece(go(1), inner).astype(int)
    assert plain[..., 1].mean() > plain[..., 0].mean()  # the true colours of summer
    assert glowing[..., 0].max() > 220


def test_sliders_change_the_weather(live: Live, go: Go) -> None:
    clear = road(live, go(1))
    drag(live.cockpit._conditions.sliders["fog"].box, 1.0)
    go(1)
    live.session.rest(1.0)
    foggy = road(live, go(1))
    assert live.session.conditions.weather.fog_density == 76.0
    assert foggy[:100].std() < 0.8 * clear[:100].std()
    drag(live.cockpit._conditions.sliders["hour"].box, 0.0)
    go(1)
    live.session.rest(1.0)
    night = road(live, go(1))
    assert live.session.conditions.weather.sun_altitude_angle < -30.0
    assert night.mean() < 0.5 * foggy.mean()


def test_a_film_is_what_the_window_showed(live: Live, go: Go) -> None:
    go(1)
    press("v")
    red = go(4)
    assert count(piece(red, live.cockpit.layout.header), RED) > 20
    press("v")
    go(1)
    (film,) = live.filming.saved
    video = cv2.VideoCapture(str(film))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 4
    there, first = video.read()
    assert there
    assert first.shape == (752, 1280, 3)


def test_quit_ends_the_loop_and_closes_the_film(live: Live) -> None:
    press("v")
    live.run(2)
    assert live.filming.saved
    press("q")
    live.run()
    assert live.done


def test_before_a_person_has_touched_the_wheel_the_road_is_on_the_map_and_no_gaze_is_lit(tmp_path: Path) -> None:
    simulator, cockpit = EmbeddedSimulator(1), Cockpit()
    session = Session(simulator, Scenario(seed=5, route_seed=7))
    alone = Live(session, cockpit, tmp_path / "films", ResolutionScaling(CameraConfig(), fixed=True))
    alone.frame()
    assert len(session.history) == 0
    waiting = piece(cockpit.picture(), cockpit.layout.large_map)
    assert count(waiting, EDGE) > 200
    assert "saliency" not in alone.lit
    press("up")
    alone.frame()
    assert len(session.history) == 1
    driving = piece(cockpit.picture(), cockpit.layout.large_map)
    assert count(driving, INK) > count(waiting, INK)  # the car
    session.close()
    cockpit.close()
    simulator.close()
