from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.benchmark.drives import drive_row
from tests.benchmark.report.examples import BENCHMARK, by_model, evidence, made_table
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.figures import (
    factor_figure,
    forest_figure,
    profile_figure,
    shares_figure,
    strip_figure,
)

HELD = evidence(by_model)


def titles(svg: str, kind: str) -> list[str]:
    """What is said where a pointer rests on the markers of a class."""
    parts = ElementTree.fromstring(svg)
    found = [part for part in parts if re.sub(r" s\d$", "", part.attrib.get("class", "")) == kind]
    return [part[0].text or "" for part in found]


def place(svg: str, title: str) -> tuple[float, float]:
    """Where the marker with a title stands."""
    (part,) = [part for part in ElementTree.fromstring(svg) if len(part) and part[0].text == title]
    x, y = part.attrib["transform"].removeprefix("translate(").removesuffix(")").split()
    return float(x), float(y)


def test_every_training_has_a_marker_at_its_success() -> None:
    held = evidence(lambda r, m, seed, route: route < 2 * seed)
    svg = strip_figure(held, "paper")
    marks = titles(svg, "mark")
    assert marks[:2] == ["NCP-LTC, seed 0: 0 of 16", "NCP-LTC, seed 1: 4 of 16"]
    assert len(marks) == 3 * 5
    across = [place(svg, f"NCP-LTC, seed {seed}: {4 * seed} of 16")[0] for seed in range(5)]
    steps = [b - a for a, b in pairwise(across)]
    assert min(steps) > 0
    assert max(steps) - min(steps) < 0.2


def test_markers_that_would_cover_each_other_are_moved_apart() -> None:
    svg = strip_figure(evidence(lambda *_: True), "paper")
    places = {place(svg, f"LSTM, seed {seed}: 16 of 16") for seed in range(5)}
    assert len(places) == 5


def test_differences_are_tested_over_all_weathers_and_shown_by_weather() -> None:
    svg = forest_figure(HELD, "informed")
    whole = titles(svg, "mark")
    assert [title.partition(":")[0] for title in whole] == ["NCP-LTC, all weathers", "LSTM, all weathers"]
    assert len(titles(svg, "mark small")) == 2 * 2
    assert svg.count('class="sure"') == 1
    assert ">p = 0.016<" in svg
    assert place(svg, whole[0])[0] > place(svg, whole[1])[0]


def test_forests_of_all_recipes_have_one_axis() -> None:
    narrow = evidence(lambda r, m, s, k: r != "paper" or by_model(r, m, s, k))
    ends = {max(forest_figure(narrow, recipe).split(">+")[1:]).partition("<")[0] for recipe in narrow.recipes}
    assert len(ends) == 1


def test_a_profile_falls_from_all_runs_to_none() -> None:
    svg = profile_figure(HELD, "paper")
    curves = [p.attrib["d"] for p in ElementTree.fromstring(svg) if p.attrib.get("class", "").startswith("curve")]
    assert len(curves) == 3
    for curve in curves:
        heights = [float(point.split()[1]) for point in curve.removeprefix("M").split("L")]
        assert heights == sorted(heights)
        assert heights[-1] == 230.0
        assert len(heights) == 2 * 8 + 1


def test_shares_have_a_bar_each_and_one_for_the_rest() -> None:
    svg = shares_figure(HELD)
    assert HELD.shares is not None
    assert titles(svg, "share")[0] == "model: 46 % (30 to 62)"
    assert len(titles(svg, "share")) == len(HELD.shares.shares)
    assert titles(svg, "share rest")[0].startswith("all else: 53 %")
    assert shares_figure(evidence(lambda *_: True)) == ""


def test_names_of_shares_have_room() -> None:
    """Interactions have long names, which were cut off on the left."""
    root = ElementTree.fromstring(shares_figure(HELD))
    names = [text for text in root.findall("text") if text.attrib["class"] == "name"]
    assert any("\N{MULTIPLICATION SIGN}" in (text.text or "") for text in names)
    assert min(float(text.attrib["x"]) - 7.4 * len(text.text or "") for text in names) >= 0.0


def test_several_shifts_at_once_are_a_line_a_model() -> None:
    drawn = tuple(
        drive_row(model=model, recipe="informed", seed=seed, suite="shifts", shift="factors", rung=float(k),
                  route=route, success=k == 0 or route % 2 == 0)
        for model in ("ncp", "feedforward") for seed in range(2) for k in (0, 1) for route in range(4)
    )  # fmt: skip
    held = Evidence(DriveTable((*made_table(by_model).rows, *drawn)), BENCHMARK)
    svg = factor_figure(held, "informed")
    assert titles(svg, "mark")[0] == "NCP-LTC, 0 at once: 100 %"
    assert titles(svg, "mark")[1].startswith("NCP-LTC, 1 at once: 50 % (")
    assert factor_figure(held, "paper") == ""


def test_one_training_has_no_band_and_no_test() -> None:
    alone = evidence(by_model, seeds=1)
    assert 'class="band' not in strip_figure(alone, "paper") + profile_figure(alone, "paper")
    assert forest_figure(alone, "paper") == ""


@pytest.mark.parametrize("draw", [strip_figure, forest_figure, profile_figure])
def test_the_same_table_gives_the_same_picture(draw: object) -> None:
    assert draw(evidence(by_model), "paper") == draw(HELD, "paper")  # type: ignore[operator]
