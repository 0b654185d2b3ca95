from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.scenarios.examples import made_up_evaluation, made_up_videos
from wormdrive.agents.wirings.wiring import Wiring
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.scenarios.report.chapter import Chapter
from wormdrive.scenarios.report.page import render, write_report
from wormdrive.scenarios.suite import load_suite

FAILING = {("winter", "fog"): 4, ("autumn", "rain"): 3}
WIDE = {("winter", "fog"): 2}


@pytest.fixture(scope="module")
def page() -> str:
    suite = load_suite("four-seasons")
    first, first_drives = made_up_evaluation("nineteen <script>", suite, FAILING, WIDE)
    second, second_drives = made_up_evaluation("other", suite)
    return render(
        [
            Chapter(suite, first, first_drives, made_up_videos(1.0), Wiring.ncp(), note="Trained on summer alone."),
            Chapter(suite, second, second_drives),
        ],
        "wormdrive evaluate nineteen other --suite four-seasons",
    )


class Addresses(HTMLParser):
    """Collects every address and id of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "srcset", "action", "poster") and value is not None:
                self.addresses.append(value)
            if name == "id" and value is not None:
                self.ids.append(value)


def test_every_address_lies_within_the_page_and_every_id_is_there_once(page: str) -> None:
    found = Addresses()
    found.feed(page)
    assert found.addresses
    assert [a[:40] for a in found.addresses if not a.startswith(("data:", "#"))] == []
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert len(found.ids) == len(set(found.ids))
    for target in re.findall(r'(?:url\(#|href="#)([^)"]+)', page):
        assert target in found.ids


def test_names_are_escaped(page: str) -> None:
    assert "nineteen &lt;script&gt;" in page
    assert "nineteen <script>" not in page


def test_page_says_the_verdict_the_failures_and_both_parameter_counts(page: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "kept all wheels in its lane in 191 of 200 drives (95.5 %)" in text
    assert "winter in fog (6 of 10) and autumn in rain (3 of 10)" in text
    assert "40 % 17 to 69 % by centre 60 %" in text
    assert "It did not fail in 200 drives" in text
    assert "79,420 parameters in the conv head" in text
    assert "1,065 in the recurrent network" in text
    assert "wormdrive evaluate nineteen other --suite four-seasons" in text
    assert "Route seeds 10000 to 10009" in text


def test_page_is_the_same_for_the_same_results() -> None:
    suite = load_suite("four-seasons").narrowed(episodes=2)
    pages = []
    for _ in range(2):
        evaluation, drives = made_up_evaluation("a", suite, {("winter", "fog"): 1})
        pages.append(render([Chapter(suite, evaluation, drives)], "c"))
    assert pages[0] == pages[1]


def test_a_report_needs_a_model() -> None:
    with pytest.raises(ArgumentError, match="at least one"):
        render([], "c")


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    suite = load_suite("four-seasons").narrowed(episodes=1, seasons=["summer"], weathers=["day"])
    evaluation, drives = made_up_evaluation("a", suite)
    (tmp_path / "taken").write_text("")
    with pytest.raises(ArgumentError, match=r"taken/report\.html: cannot be written"):
        write_report(tmp_path / "taken" / "report.html", [Chapter(suite, evaluation, drives)], "c")
    assert write_report(tmp_path / "new" / "report.html", [Chapter(suite, evaluation, drives)], "c").is_file()
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["report.html"]
