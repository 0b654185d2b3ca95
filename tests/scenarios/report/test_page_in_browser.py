"""The report in a browser: whole, quiet, and as wide as the window."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.browser import chromium
from tests.scenarios.examples import made_up_evaluation, made_up_videos
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.scenarios.report.chapter import Chapter
from wormdrive.scenarios.report.page import write_report
from wormdrive.scenarios.suite import load_suite


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    suite = load_suite("four-seasons")
    failing = {("winter", "fog"): 4, ("autumn", "rain"): 3}
    first, first_drives = made_up_evaluation("nineteen", suite, failing)
    second, second_drives = made_up_evaluation("other", suite)
    chapters = [
        Chapter(suite, first, first_drives, made_up_videos(), Wiring.ncp()),
        Chapter(suite, second, second_drives),
    ]
    return write_report(tmp_path_factory.mktemp("report") / "report.html", chapters, "wormdrive evaluate")


def settled(window: Any, script: str, seconds: float = 10.0) -> Any:
    """Run a script until it is true; its last value."""
    from selenium.common.exceptions import TimeoutException
    from selenium.webdriver.support.ui import WebDriverWait

    try:
        return WebDriverWait(window, seconds).until(lambda w: w.execute_script(script))
    except TimeoutException:
        return window.execute_script(script)


@pytest.mark.slow
@pytest.mark.parametrize("width", [1200, 390])
def test_report_opens_whole_and_quiet(report: Path, tmp_path: Path, width: int) -> None:
    with chromium(tmp_path, width) as window:
        window.get("about:blank")
        window.get_log("performance")  # what the browser's own first page asked for
        window.get(report.as_uri())

        cells = window.find_elements("css selector", "table.grid td[data-season]")
        assert len(cells) == 2 * 20
        fog = window.find_element("css selector", 'td[data-season="winter"][data-weather="fog"]')
        assert fog.text.split("\n") == ["60 %", "31 to 83 %", "by centre 60 %", fog.text.split("\n")[3]]
        assert "193 of 200 drives" in window.find_element("tag name", "h1").text

        assert settled(window, "return [...document.querySelectorAll('video')].every(v => v.readyState >= 3)")
        playing = "return [...document.querySelectorAll('video')].every(v => !v.error && v.videoWidth == 200)"
        assert settled(window, playing)
        assert settled(window, "return [...document.querySelectorAll('video')].some(v => v.currentTime > 0.3)")
        assert window.execute_script("return document.querySelectorAll('video').length") == 4 * 2

        pictures = "return [...document.querySelectorAll('img')].map(i => i.complete && i.naturalWidth)"
        assert settled(window, pictures) == [6 * 200 + 5 * 3] * 4
        drawn = "return [...document.querySelectorAll('.plot svg')].map(s => s.getBoundingClientRect().height)"
        heights = window.execute_script(drawn)
        assert len(heights) == 2 + 2 * 4 + 2
        assert min(heights) > 100

        across = window.execute_script("return document.documentElement.scrollWidth")
        assert across <= width, "the page itself must not scroll sideways"

        window.find_element("css selector", ".clips video").click()
        assert settled(window, "return [...document.querySelectorAll('video')].every(v => v.paused)")

        assert window.get_log("browser") == []
        events = [json.loads(entry["message"])["message"] for entry in window.get_log("performance")]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        assert [url[:60] for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        assert report.as_uri() in asked
