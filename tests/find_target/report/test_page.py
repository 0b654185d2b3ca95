from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.find_target.report.made_up import ENDS, rows, suite, views
from tests.scenarios.browser import chromium
from wormdrive.find_target.report.page import render, write_report


def test_everything_lies_within(tmp_path: Path) -> None:
    file = write_report(tmp_path / "out", suite(), rows(), views(), "wormdrive find-target evaluate runs/<ncp>")
    page = file.read_text(encoding="utf-8")
    assert sorted(path.name for path in file.parent.iterdir()) == ["evaluation.json", "flights.csv", "report.html"]
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert "https://" not in page
    assert "evaluate runs/&lt;ncp&gt;" in page
    assert page.count('class="strip"') == 4
    told = json.loads((file.parent / "evaluation.json").read_text())
    assert [one["found"] for one in told["conditions"]] == [4, 1, 1]
    assert told["suite"]["conditions"]["farther"] == {"distance_m": [30.0, 40.0]}
    with (file.parent / "flights.csv").open(newline="") as table:
        assert len(list(csv.reader(table))) == 1 + 12


def test_what_a_condition_changes_is_said() -> None:
    page = render(suite(), rows(), views(), "")
    assert "<dt>farther</dt><dd>distance_m: 30 to 40</dd>" in page
    assert "<dt>autumn</dt><dd>season: autumn</dd>" in page
    assert render(suite(), rows(), views(), "") == page


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 390])
def test_it_opens_whole_and_as_wide_as_the_window(tmp_path: Path, width: int) -> None:
    file = write_report(tmp_path / "out", suite(), rows(), views(), "wormdrive find-target evaluate " + 40 * "x ")
    with chromium(tmp_path / "profile", width) as window:
        window.get(file.as_uri())
        assert len(window.find_elements("css selector", "tr[data-condition]")) == len(ENDS)
        pictures = "return [...document.querySelectorAll('img')].map(i => i.complete && i.naturalWidth)"
        assert window.execute_script(pictures) == [144] * 3 + [5 * 144 + 4 * 3] * 4
        drawn = "return [...document.querySelectorAll('svg.chart:not(.marker-key)')].map(s => s.clientHeight)"
        heights = window.execute_script(drawn)
        assert len(heights) == 2 + 3
        assert min(heights) > 80
        assert window.execute_script("return document.documentElement.scrollWidth") <= width
        assert window.get_log("browser") == []
