from __future__ import annotations

import re

import pytest

from tests.benchmark.report.examples import by_recipe, evidence
from wormdrive.benchmark.report.answer import answer
from wormdrive.benchmark.report.chapters import chapters
from wormdrive.benchmark.report.markdown import markdown

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def text() -> str:
    return markdown(chapters(evidence(by_recipe), "settled-question"))


def test_the_first_paragraph_is_the_answer(text: str) -> None:
    title, first, reasons, *_ = text.split("\n\n")
    told = answer(evidence(by_recipe))
    assert title == "# Results: settled question"
    assert first == f"**{told.lead}** {' '.join(told.first)}"
    assert reasons.splitlines() == [f"- {sentence}" for sentence in told.sentences]


def test_the_same_table_gives_the_same_bytes(text: str) -> None:
    assert markdown(chapters(evidence(by_recipe), "settled-question")) == text


def test_tables_are_whole(text: str) -> None:
    """Every row of a table has as many cells as its header."""
    tables = re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE)
    assert len(tables) >= 8
    for table in tables:
        assert len({line.count(" | ") for line in table.splitlines()}) == 1, table
    assert re.search(r"^\| NCP-LTC \| [\d.]+ % \(\d+ to \d+\) \| 100 % \|", text, flags=re.MULTILINE)
    assert re.search(r"<br>\d+ \d+ \d+ \d+ \d+ of 8", text)


def test_it_says_how_and_how_again(text: str) -> None:
    assert "45 trainings, 1,440 drives. Every training has the same budget: 400 recorded drives of 100 frames" in text
    assert "Made after the looks of winter: `informed`, by way of" in text
    assert "    wormdrive results --out docs --force\n" in text
    assert "    wormdrive verify scenarios/results/settled-question/drives.csv" in text
    given = markdown(chapters(evidence(by_recipe), "mine.yaml", ["a.csv", "b.csv"]))
    assert "    wormdrive results a.csv b.csv --benchmark mine.yaml --out docs --force\n" in given
    assert "\n\n\n" not in text
