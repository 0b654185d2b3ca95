from __future__ import annotations

import numpy as np
import pytest

from wormdrive.perception.picture_window import PictureWindow


def test_whole_squares_of_pixels() -> None:
    window = PictureWindow(8, 6, top=2, left=0, height=6, width=6, rows=3, columns=3)
    frame = np.arange(48.0).reshape(1, 8, 6)
    wanted = frame[:, 2:].reshape(1, 3, 2, 3, 2).mean((2, 4))
    np.testing.assert_array_equal(window.reduced(frame), wanted)
    large = window.enlarged(wanted)
    assert not large[:, :2].any()
    np.testing.assert_array_equal(large[:, 2:], wanted.repeat(2, 1).repeat(2, 2))


@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (7, 11), (16, 40)])
def test_parts_of_pixels(rows: int, columns: int) -> None:
    window = PictureWindow(12, 30, top=1, left=4, height=9, width=21, rows=rows, columns=columns)
    frame = np.random.default_rng(0).random((2, 12, 30))
    reduced = window.reduced(frame)
    assert reduced.shape == (2, rows, columns)
    np.testing.assert_allclose(reduced.mean((1, 2)), frame[:, 1:10, 4:25].mean((1, 2)))
    np.testing.assert_allclose(window.reduced(np.ones((12, 30))), 1.0)
    assert set(np.unique(window.enlarged(reduced))) <= {0.0, *np.unique(reduced)}
