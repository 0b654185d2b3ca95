from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from wormdrive.convoy.course import course
from wormdrive.convoy.evaluation import expert_driver
from wormdrive.convoy.film import film_convoy
from wormdrive.envs.common.errors import ArgumentError


@pytest.mark.slow
def test_a_film_has_a_picture_an_action(tmp_path: Path) -> None:
    filmed = film_convoy(expert_driver, course("winter", 1, 2.0)[0], tmp_path / "convoy.mp4", followed=[0, 3])
    assert (filmed.driven_s, filmed.end_reason) == (2.0, "time_limit")
    film = cv2.VideoCapture(str(filmed.path))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 21
    assert film.get(cv2.CAP_PROP_FRAME_WIDTH) == 800


def test_what_cannot_be_filmed_is_refused(tmp_path: Path) -> None:
    scenario = course("summer", 1, 2.0)[0]
    with pytest.raises(ArgumentError, match=r"allowed is a name that ends in \.mp4 or \.png"):
        film_convoy(expert_driver, scenario, tmp_path / "convoy.gif")
    with pytest.raises(ArgumentError, match="car 4: allowed are 0, the first, to 3"):
        film_convoy(expert_driver, scenario, tmp_path / "convoy.png", followed=[4])
