from __future__ import annotations

import itertools
import re

import numpy as np

from wormdrive.audit.page.along_road import paint_road


def test_every_neuron_has_its_road_in_one_scale() -> None:
    place = np.stack([np.linspace(0, 200, 101), np.zeros(101)], axis=1)
    shares = np.stack([np.linspace(0, 1, 101), np.zeros(101)], axis=1)
    svg = paint_road(place, shares, ["inter_0", "motor_0"], "activity")
    assert "inter 0" in svg
    assert "motor 0" in svg
    drawn = re.findall(r'class="road (shade\d)" d="M([^"]+)"', svg)
    assert [shade for shade, _ in drawn] == ["shade0", "shade1", "shade2", "shade3", "shade4", "shade0"]
    ends = [path.split("L") for _, path in drawn]
    assert all(before[-1] == after[0] for before, after in itertools.pairwise(ends[:5]))  # without gaps
    assert ends[0][0].split()[0] == "8"
    assert ends[4][-1].split()[0] == "92"


def test_a_car_that_stands_still_is_drawn() -> None:
    svg = paint_road(np.zeros((5, 2)), np.zeros((5, 1)), ["<b>"], "activity")
    assert "&lt;b&gt;" in svg
    assert "nan" not in svg


def test_the_way_is_turned_and_a_bend_to_the_left_stays_one() -> None:
    angle = np.linspace(0, np.pi / 2, 91)
    place = np.stack([7 - 50 * (1 - np.cos(angle)), 50 * np.sin(angle)], axis=1)  # north, then to the left
    (path,) = re.findall(r'class="road shade0" d="M([^"]+)"', paint_road(place, np.zeros((91, 1)), ["a"], ""))
    points = np.array([[float(number) for number in point.split()] for point in path.split("L")])
    assert points[0, 0] == 8
    assert points[-1, 0] == 92
    assert abs(points[0, 1] - points[-1, 1]) < 0.11
    assert points[30, 1] > points[0, 1] + 10  # down on the picture: right of the straight way, before it turns left
