"""Painted lines and kerbs, as the camera reads them."""

from __future__ import annotations

import numpy as np

from wormdrive.envs.rendering.camera.road_layout.marks_table import (
    COLOUR,
    DASH,
    HALF_WIDTH,
    KERB,
    OFFSET,
    PERIOD,
    section_marks,
)
from wormdrive.envs.roads.route import CrossSections, MarkColour, Surface


def test_lines_keep_their_measures_kerbs_come_first_and_padding_goes() -> None:
    town = CrossSections(
        edges=np.array([[-4.0, -1.5, 1.5, 4.5, 6.5]], np.float32),
        surface=np.array([[Surface.SIDEWALK, Surface.DRIVING, Surface.DRIVING, Surface.MEDIAN]], np.uint8),
        mark_offset=np.array([[1.5, -1.4, 3.0, 4.4]], np.float32),
        mark_width=np.array([[0.12, 0.15, 0.0, 0.2]], np.float32),
        mark_colour=np.array([[MarkColour.WHITE, MarkColour.YELLOW, 0, MarkColour.RED]], np.uint8),
        mark_dash=np.array([[3.0, 1.0, 0.0, 5.0]], np.float32),
        mark_period=np.array([[9.0, 1.0, 0.0, 2.0]], np.float32),
    )
    marks = section_marks(town)
    assert marks.count.tolist() == [5]
    found = marks.values[0]
    assert found[:2, COLOUR].tolist() == [KERB, KERB]
    assert found[:2, OFFSET].tolist() == [-1.5, 4.5]
    np.testing.assert_allclose(found[2:, OFFSET], [1.5, -1.4, 4.4])
    np.testing.assert_allclose(found[2:, HALF_WIDTH], [0.06, 0.075, 0.1])
    assert found[2:, COLOUR].tolist() == [MarkColour.WHITE, MarkColour.YELLOW, MarkColour.RED]
    assert found[2:, [DASH, PERIOD]].tolist() == [[3.0, 9.0], [1.0, 1.0], [1.0, 1.0]]  # the last made no sense: solid


def test_a_road_without_any_marks() -> None:
    empty = np.zeros((2, 0), np.float32)
    plain = CrossSections(
        np.array([[-2.0, 2.0]] * 2, np.float32), np.full((2, 1), Surface.DRIVING, np.uint8), empty, empty,
        empty.astype(np.uint8), empty, empty,
    )  # fmt: skip
    assert section_marks(plain).count.tolist() == [0, 0]
