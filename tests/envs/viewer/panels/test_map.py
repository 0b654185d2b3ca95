"""The map shows who is watched and what else moves, wherever they go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pygame
import pytest

from tests.support.display import count
from wormdrive.envs.viewer.drawing.layout import PanelBox
from wormdrive.envs.viewer.drawing.pen import Pen
from wormdrive.envs.viewer.drawing.theme import INK, RED, WOOD
from wormdrive.envs.viewer.history import History
from wormdrive.envs.viewer.panels.map import MapPanel
from wormdrive.envs.viewer.place import MapPlan, Marker, Place
from wormdrive.envs.viewer.scene import Course, Scene

BOX = PanelBox(0, 0, 300, 240)
ROAD = np.zeros((4, 4, 3), np.uint8)


class Grove(Place):
    """Forty metres of wood with one tree."""

    @property
    def plan(self) -> MapPlan:
        return MapPlan(np.array([[0.0, 0.0], [40.0, 40.0]]), np.zeros(2), trunks=np.array([[30.0, 30.0]]), trunk_m=0.5)

    def progress(self, history: History, index: int) -> str:
        return "here"


def scene(x_m: float, y_m: float, *markers: Marker) -> Scene:
    history = History(("station_m",))
    history.append(time_s=0.0, speed_mps=0.0, x_m=x_m, y_m=y_m, heading_rad=0.0, person=0.0, station_m=0.0)
    return Scene(roads=(ROAD,), history=history, cursor=0, markers=markers)


def drawn(panel: MapPanel, shown: Scene, place: Place) -> np.ndarray:
    panel.draw(shown, place)
    return pygame.surfarray.array3d(panel._pen.surface).swapaxes(0, 1)[34:]


@pytest.fixture
def panel() -> MapPanel:
    return MapPanel(Pen(pygame.Surface((BOX.width, BOX.height)), 1.0), BOX)


def middle(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """Column and row of a colour's middle."""
    rows, columns = np.nonzero((np.abs(picture.astype(int) - np.array(colour)) <= 4).all(axis=2))
    return np.array([columns.mean(), rows.mean()])


def test_north_is_up_and_trees_and_targets_stand_where_they_are(panel: MapPanel) -> None:
    picture = drawn(panel, scene(20.0, 10.0, Marker(20.0, 30.0, RED)), Grove())
    car, target, tree = middle(picture, INK), middle(picture, RED), middle(picture, WOOD)
    assert target[1] < car[1] - 40.0  # north of it
    assert abs(target[0] - car[0]) < 5.0
    assert tree[0] > target[0] + 20.0  # east of it
    assert abs(tree[1] - target[1]) < 3.0


def test_who_leaves_the_map_is_followed_by_it(panel: MapPanel) -> None:
    place = Grove()
    before = middle(drawn(panel, scene(20.0, 20.0), place), WOOD)
    picture = drawn(panel, scene(20.0, -80.0), place)
    assert count(picture, INK) > 20
    assert middle(picture, WOOD)[1] < before[1] - 20.0


def test_a_map_around_those_that_move_has_them_all_on_it_in_their_true_size(panel: MapPanel) -> None:
    along = np.arange(0.0, 600.0, 0.5)
    half = np.full(len(along), 1.75)
    road = Course(along, np.zeros(len(along)), half, half, 0.5, 5.0, 590.0, around_m=60.0)
    body = Marker(320.0, 0.0, RED, size_m=(4.5, 1.8))
    near = drawn(panel, scene(300.0, 0.0, body), road)
    zoom = (BOX.height - 34 - 12 - 28) / 60.0
    assert count(near, RED, 60) == pytest.approx(4.5 * 1.8 * zoom**2, rel=0.4)
    assert middle(near, RED)[0] - middle(near, INK)[0] == pytest.approx(20.0 * zoom, abs=3.0)
    far = drawn(panel, scene(300.0, 0.0, replace(body, x_m=420.0)), road)
    assert count(far, RED, 60) > 0
    assert count(far, INK) > 20
