"""The page of results, as text and in a real browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.benchmark.report.examples import BENCHMARK, by_recipe, evidence
from tests.scenarios.browser import chromium
from wormdrive.benchmark.report.chapters import chapters
from wormdrive.benchmark.report.page import page

pytestmark = pytest.mark.slow


def render() -> str:
    held = evidence(by_recipe)
    return page(held, chapters(held, "settled-question"))


@pytest.fixture(scope="module")
def text() -> str:
    return render()


class Parts(HTMLParser):
    """Collects addresses, ids and what labels refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href", "srcset", "action", "poster"):
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-labelledby":
                self.labels.append(value or "")


def test_no_address_leads_outside_and_every_id_is_there_once(text: str) -> None:
    found = Parts()
    found.feed(text)
    assert [address for address in found.addresses if not address.startswith("data:")] == []
    assert "url(" not in text
    assert len(found.ids) == len(set(found.ids)) > 5
    assert set(found.labels) <= set(found.ids)


def test_the_answer_comes_first_and_every_figure_has_its_table(text: str) -> None:
    plain = re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", "", text, flags=re.DOTALL))
    assert plain.index("Not the neurons: what explains") < plain.index("Winter, training by training")
    assert text.count("<svg") == text.count('role="img"') + 3  # the legend's keys say nothing of their own
    for caption in ("paper in winter", "Shares of the variance", "less that of the memoryless network"):
        assert caption in plain
    assert "`" not in plain


def test_the_same_table_gives_the_same_bytes(text: str) -> None:
    assert render() == text


def test_names_from_a_file_are_escaped() -> None:
    held = evidence(by_recipe, BENCHMARK.model_copy(update={"name": "<script>alert(1)"}))
    made = page(held, chapters(held, "mine <b>.yaml", ["<i>.csv"]))
    assert "<script>alert" not in made
    assert "mine &lt;b&gt;.yaml" in made
    assert "&lt;i&gt;.csv" in made


@pytest.mark.parametrize("width", [1200, 390])
def test_it_opens_whole_and_quiet_and_shows_one_recipe_when_asked(text: str, tmp_path: Path, width: int) -> None:
    file = tmp_path / "results.html"
    file.write_text(text, encoding="utf-8")
    with chromium(tmp_path / "profile", width) as window:
        window.get("about:blank")
        window.get_log("performance")  # what the browser's own first page asked for
        window.get(file.as_uri())
        heights = window.execute_script(
            "return [...document.querySelectorAll('.panel svg')].map(s => s.getBoundingClientRect().height)"
        )
        assert len(heights) == 3 * 3 + 1
        assert min(heights) > 80
        assert window.execute_script("return document.documentElement.scrollWidth") <= width
        window.find_element("css selector", '.filter button[data-show="informed"]').click()
        shown = window.execute_script(
            "return [...document.querySelectorAll('.panel[data-recipe]')].filter(p => p.offsetParent)"
            ".map(p => p.dataset.recipe)"
        )
        assert shown == ["informed"] * 3
        window.find_element("css selector", '.filter button[data-show=""]').click()
        script = "return [...document.querySelectorAll('.panel')].filter(p => p.offsetParent).length"
        assert window.execute_script(script) == 10
        assert window.get_log("browser") == []
        events = [json.loads(entry["message"])["message"] for entry in window.get_log("performance")]
        asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
        assert [url[:60] for url in asked if not url.startswith(("file:", "data:"))] == []
