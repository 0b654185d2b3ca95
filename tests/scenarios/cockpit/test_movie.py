from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.cockpit.movie import Filming, Movie


def test_a_film_holds_the_pictures_in_order_and_colour(tmp_path: Path) -> None:
    movie = Movie(tmp_path / "films" / "one.mp4", 161, 90, 30.0)
    for k in range(40):
        movie.add(np.full((90, 161, 3), (6 * k, 40, 200), np.uint8))
        assert not (tmp_path / "films" / "one.mp4").exists()
    path = movie.close()
    assert [file.name for file in path.parent.iterdir()] == ["one.mp4"]
    video = cv2.VideoCapture(str(path))
    assert video.get(cv2.CAP_PROP_FPS) == 30.0
    found = []
    while True:
        there, picture = video.read()
        if not there:
            break
        found.append(picture[..., ::-1].mean(axis=(0, 1)))
    assert len(found) == 40
    np.testing.assert_allclose(np.array(found)[:, 0], 6.0 * np.arange(40), atol=12.0)
    np.testing.assert_allclose(np.array(found)[:, 2], 200.0, atol=12.0)


def test_filming_begins_and_ends_and_never_overwrites(tmp_path: Path) -> None:
    filming = Filming(lambda: np.zeros((32, 48, 3), np.uint8), tmp_path, "drive", 30.0)
    filming.take()
    for _ in range(2):
        filming.toggle()
        assert filming.on
        for _ in range(3):
            filming.take()
        filming.toggle()
    filming.end()
    assert [path.name for path in filming.saved] == ["drive-001.mp4", "drive-002.mp4"]
    assert all(path.stat().st_size > 0 for path in filming.saved)


def test_a_name_that_no_film_can_have_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"drive\.nonsense: OpenCV cannot write a film there"):
        Movie(tmp_path / "drive.nonsense", 64, 48, 30.0)
