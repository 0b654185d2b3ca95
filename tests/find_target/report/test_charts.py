from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.find_target.report.made_up import rows
from wormdrive.find_target.report.charts import END_SERIES, ends_chart, success_chart, ways_chart
from wormdrive.find_target.report.counts import counted
from wormdrive.find_target.report.views import FlightWay


def test_a_row_a_condition_with_its_interval() -> None:
    drawn = success_chart(counted(rows()))
    ElementTree.fromstring(drawn)
    assert drawn.count('class="bar s0"') == drawn.count('class="mark s0"') == 3
    assert "<title>autumn: 1 of 4</title>" in drawn


def test_ends_fill_the_row() -> None:
    drawn = ends_chart(counted(rows()))
    ElementTree.fromstring(drawn)
    widths = re.findall(r'class="end s(\d)"[^>]* y="(\S+)" width="(\S+)"', drawn)
    for y in {y for _, y, _ in widths}:
        assert sum(float(width) for _, at, width in widths if at == y) == pytest.approx(310.0, abs=0.3)
    assert {int(series) for series, _, _ in widths} == set(END_SERIES.values())
    assert "<title>lost it from view: 2</title>" in drawn


def test_a_line_a_flight_and_those_that_failed_on_top() -> None:
    ways = [FlightWay("red", False, np.array([9.0, 8.0])), FlightWay("blue", True, np.array([9.0, 5.0, 2.0]))]
    drawn = ways_chart("<fog>", ways, 3.0, 10.0)
    ElementTree.fromstring(drawn)
    assert re.findall(r'class="curve faint s(\d)"', drawn) == ["0", "1"]
    assert "&lt;fog&gt;" in drawn
    assert "<title>red, not found</title>" in drawn


def test_long_names_are_cut() -> None:
    (one,) = counted(rows()[:4])
    assert ">a condition with …<" in success_chart([replace(one, condition="a condition with a long name")])
