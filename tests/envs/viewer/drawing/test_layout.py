"""Panels share the window without touching, at any size of it."""

from __future__ import annotations

import itertools

import pytest

from wormdrive.envs.viewer.drawing.layout import PanelBox, arrange, window_size

SIZES = [window_size(), (1920, 1080), (1366, 768), (900, 1200), (640, 376)]


@pytest.mark.parametrize("size", SIZES)
def test_no_panel_covers_another_or_leaves_the_window(size: tuple[int, int]) -> None:
    layout = arrange(*size)
    boxes = [layout.header, layout.road, layout.charts, layout.bar, layout.seen, layout.network, layout.map]
    boxes.append(layout.conditions)
    for box in boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= size[0]
        assert box.y + box.height <= size[1]
        assert min(box.width, box.height) > 8
    for a, b in itertools.combinations(boxes, 2):
        apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
        assert apart, (a, b)


@pytest.mark.parametrize("size", SIZES)
def test_panels_are_aligned(size: tuple[int, int]) -> None:
    layout = arrange(*size)
    assert layout.road.x == layout.charts.x == layout.bar.x == layout.header.x
    assert layout.road.width == layout.charts.width == layout.bar.width
    assert layout.seen.y == layout.road.y
    assert layout.network.y + layout.network.height == layout.road.y + layout.road.height
    assert layout.map.y == layout.charts.y
    assert layout.map.y + layout.map.height == layout.bar.y + layout.bar.height
    assert layout.conditions.x + layout.conditions.width == layout.seen.x + layout.seen.width


def test_the_road_has_its_full_size_in_the_usual_window() -> None:
    road = arrange(*window_size()).road
    assert (road.width, road.height) == (800, 450)


def test_a_tiny_window_keeps_panels_that_can_be_drawn() -> None:
    layout = arrange(50, 20)
    assert layout.road.width > 300


def test_a_box_holds_its_points() -> None:
    box = PanelBox(10, 20, 30, 40)
    assert box.holds((10, 20))
    assert not box.holds((40, 20))
    assert not box.holds((10, 60))
