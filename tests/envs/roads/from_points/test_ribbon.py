from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.roads.from_points.ribbon import Ribbon


def along(points: list[tuple[float, float]], half_width_m: float = 4.0) -> Ribbon:
    """A strip along a polygon, sampled every metre or so."""
    corners = np.array(points, dtype=float)
    s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = np.linspace(0.0, s[-1], int(s[-1]) + 1)
    return Ribbon.along(np.interp(at, s, corners[:, 0]), np.interp(at, s, corners[:, 1]), half_width_m)


def arc(radius_m: float, half_width_m: float) -> Ribbon:
    angle = np.arange(0.0, 3.0, 1.0 / radius_m)
    return Ribbon.along(radius_m * np.cos(angle), radius_m * np.sin(angle), half_width_m)


def test_edges_lie_beside_the_middle() -> None:
    ribbon = along([(0, 0), (10, 0)], 3.0)
    assert ribbon.left[:, 1] == pytest.approx(3.0)
    assert ribbon.right[:, 1] == pytest.approx(-3.0)


def test_a_straight_and_a_wide_bend_do_not_lie_on_themselves() -> None:
    assert along([(0, 0), (200, 0)]).first_overlap() is None
    assert arc(20.0, 4.0).first_overlap() is None


def test_a_crossing_is_found_where_it_is_first_met() -> None:
    found = along([(0, 0), (100, 0), (100, 50), (50, 50), (50, -50)]).first_overlap()
    assert found == pytest.approx(46, abs=1)


def test_roads_side_by_side_overlap_by_their_width_alone() -> None:
    u_turn = [(0, 0), (100, 0), (110, 4.5), (100, 9), (0, 9)]
    assert along(u_turn, 5.0).first_overlap() == pytest.approx(0, abs=1)
    assert along(u_turn, 4.4).first_overlap() > 90


def test_a_bend_within_the_half_width_folds() -> None:
    assert arc(3.0, 4.0).first_overlap() is not None
    assert arc(5.0, 4.0).first_overlap() is None
