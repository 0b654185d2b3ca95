"""The photos' page in a browser: as wide as the window, every picture is shown, and nothing is asked of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.audit.page.test_photos import found
from tests.scenarios.browser import chromium
from wormdrive.audit.page.photos import photos_page

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("width", [1200, 390])
def test_the_page_fits_and_stands_alone(tmp_path: Path, width: int) -> None:
    file = tmp_path / "attention.html"
    file.write_text(photos_page(found("a.jpg", "a_name_as_long_as_cameras_give_them_20260101_123456.jpg"), "wormdrive"))
    with chromium(tmp_path / "profile", width) as window:
        window.get("about:blank")
        window.get_log("performance")  # what the browser's own first page asked for
        window.get(file.as_uri())
        sizes = window.execute_script("return [...document.images].map(i => [i.naturalWidth, i.clientWidth])")
        assert len(sizes) == 2 * 4
        assert all(natural == 16 and shown > 100 for natural, shown in sizes)
        charts = "return [...document.querySelectorAll('svg.chart')].map(s => s.getBoundingClientRect().height)"
        assert min(window.execute_script(charts)) > 100
        assert window.execute_script("return document.documentElement.scrollWidth") <= width
        assert window.get_log("browser") == []
        events = [json.loads(entry["message"])["message"] for entry in window.get_log("performance")]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        assert [url[:60] for url in asked if not url.startswith(("file:", "data:"))] == []
