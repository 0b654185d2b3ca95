"""A film of the window is what the window showed, until it was over and a second longer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.viewer.cockpit import Cockpit
from wormdrive.scenarios.candidate import load_candidate
from wormdrive.scenarios.cockpit.live import Live
from wormdrive.scenarios.cockpit.resolution_scaling import ResolutionScaling
from wormdrive.scenarios.cockpit.session import Session
from wormdrive.scenarios.cockpit.window_film import film_window


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    simulator, cockpit = EmbeddedSimulator(1), Cockpit()
    session = Session(simulator, Scenario(seed=5, route_seed=7), [load_candidate("expert")])
    yield Live(session, cockpit, tmp_path, ResolutionScaling(CameraConfig(), fixed=True))
    session.close()
    cockpit.close()
    simulator.close()


def test_a_picture_is_that_of_the_end(live: Live, tmp_path: Path) -> None:
    told: list[int] = []
    picture = tmp_path / "of" / "the_end.png"
    film_window(live, picture, lambda: len(live.session.history) >= 4, told.append)
    np.testing.assert_array_equal(cv2.imread(str(picture))[..., ::-1], live.cockpit.picture())
    assert len(live.session.history) == 4 + 30
    assert told == list(range(1, 34))


def test_a_film_begins_with_the_first_picture(live: Live, tmp_path: Path) -> None:
    film_window(live, tmp_path / "drive.mp4", lambda: True)
    video = cv2.VideoCapture(str(tmp_path / "drive.mp4"))
    assert int(video.get(cv2.CAP_PROP_FRAME_COUNT)) == 30
    assert video.get(cv2.CAP_PROP_FPS) == 30.0
    assert video.read()[1].shape == (752, 1280, 3)


def test_another_name_is_refused(live: Live, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"drive.avi: allowed is a name that ends in .mp4 or .png"):
        film_window(live, tmp_path / "drive.avi", lambda: True)
