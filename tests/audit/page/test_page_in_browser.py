"""The audit's page in a browser: made by the command, opened, scrubbed, played; picture and numbers change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.scenarios.browser import chromium
from wormdrive.cli.main import app

pytestmark = pytest.mark.slow

FRAMES = 104
SHOWN = FRAMES // 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("explain") / "ncp"
    arguments = ["explain", "ncp", "--out", str(out), "--routes", "1", "--frames", str(FRAMES), "--threads", "1"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "ncp: a small tree over what a person can name" in result.stdout
    return out


def test_all_figures_stand_beside_the_page(folder: Path) -> None:
    told = json.loads((folder / "explain.json").read_text())
    assert told["missing"] == {}
    assert len(told["sections"]["trees"]["neurons"]) == 19
    assert told["sections"]["dynamics"]["half_life_s"] > 0
    assert set(told["sections"]["certificate"]["proved"]) == {"1", "10", "100"}
    assert [drive["season"] for drive in told["drives"]] == ["summer", "autumn", "winter", "spring"]
    assert {path.name for path in folder.iterdir()} == {"explain.html", "explain.json"}
    assert (folder / "explain.html").stat().st_size < 6_000_000


def shown(window: Any) -> tuple[str, ...]:
    """What can be seen of a moment: picture, clock, all neurons, a time constant, a synapse."""
    return tuple(
        window.execute_script(
            """const at = selector => document.querySelector(selector);
            return [at(".picture").src, at(".clock").textContent,
                    [...document.querySelectorAll(".neuron .value")].map(v => v.textContent).join(" "),
                    at(".neuron .constant").textContent, at(".live path").getAttribute("style")]"""
        )
    )


@pytest.mark.parametrize("width", [1200, 390])
def test_the_drive_can_be_scrubbed_played_and_changed(folder: Path, tmp_path: Path, width: int) -> None:
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    with chromium(tmp_path, width) as window:
        window.get("about:blank")
        window.get_log("performance")  # what the browser's own first page asked for
        window.get((folder / "explain.html").as_uri())
        find = window.find_element
        first = shown(window)
        assert first[1] == f"0.0 of {(SHOWN - 1) / 15:.1f} s"
        assert first[3].endswith("s")
        ready = "const p = document.querySelector('.picture'); return p.complete && p.naturalWidth"
        assert WebDriverWait(window, 10).until(lambda w: w.execute_script(ready)) == 200
        assert len(window.find_elements("css selector", ".neuron")) == 19

        find("css selector", ".time").send_keys(Keys.ARROW_RIGHT)
        second = shown(window)
        assert all(a != b for a, b in zip(first[:3], second[:3], strict=True))
        assert first[4] != second[4], "currents flow"
        find("tag name", "body").send_keys(Keys.ARROW_RIGHT)
        assert shown(window)[1].startswith("0.1 of")

        before = shown(window)
        find("css selector", ".switch").click()
        assert shown(window)[0] != before[0], "saliency lies over the picture"
        assert shown(window)[1:] == before[1:]

        find("css selector", ".play").click()
        assert find("css selector", ".play").text == "Pause"
        # it ends by itself: a click that pauses would come too late on a slow machine
        WebDriverWait(window, 60).until(lambda w: w.execute_script("return play.textContent") == "Play")
        held = shown(window)
        assert held[1] == f"{(SHOWN - 1) / 15:.1f} of {(SHOWN - 1) / 15:.1f} s"
        assert held[0] != before[0]
        assert window.execute_script("play.click(); play.click(); return play.textContent") == "Play"
        find("tag name", "body").send_keys(Keys.ARROW_RIGHT)
        held = shown(window)

        find("css selector", '[data-drive="2"]').click()
        other = shown(window)
        assert other[0] != held[0]
        assert other[1] == held[1], "the same moment of another drive"
        assert other[2] != held[2]
        assert find("css selector", '[aria-pressed="true"]').text == "winter"

        trace = find("css selector", ".course .trace")
        trace.click()  # in its middle
        assert abs(float(shown(window)[1].split()[0]) - (SHOWN - 1) / 30) < 0.2

        assert window.execute_script("return document.documentElement.scrollWidth") <= width
        for charts, least in ((".along svg.chart", 40), ("section :not(.along *) > svg.chart", 100)):
            drawn = "return [...document.querySelectorAll(arguments[0])].map(s => s.getBoundingClientRect().height)"
            assert min(window.execute_script(drawn, charts)) > least
        assert window.get_log("browser") == []
        events = [json.loads(entry["message"])["message"] for entry in window.get_log("performance")]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        assert [url[:60] for url in asked if not url.startswith(("file:", "data:"))] == []
