from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.benchmark.report.sealed_examples import SEED, made_sealed, sealed_table
from wormdrive.benchmark.report.answer import answer
from wormdrive.benchmark.report.chapters import chapters
from wormdrive.benchmark.report.markdown import markdown
from wormdrive.benchmark.report.page import page
from wormdrive.benchmark.report.sealed_chapter import (
    conditions_table,
    meaning,
    models_table,
    recipes_table,
    sealed_clause,
    sealed_figure,
    snow_differences,
)
from wormdrive.benchmark.report.sealed_evidence import SealedEvidence


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> SealedEvidence:
    return made_sealed(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> SealedEvidence:
    return made_sealed(tmp_path_factory.mktemp("some"), sealed_table(seeds=2, recipes=("paper", "informed")))


def test_what_sealed_means_is_told_from_the_record(held: SealedEvidence, some: SealedEvidence) -> None:
    drawn, opened, drove = meaning(held)
    assert drawn.startswith("6 conditions, from bare roads to snowed-in ones")
    assert held.opened.record.seed_sha256[:12] in drawn
    assert opened.startswith("The seed was opened on 2026-11-30 at 17:14 UTC, when all 45 trainings were there")
    assert drove == "All 45 have driven in them, 4 routes in each: 24 drives a training."
    assert meaning(some)[2].startswith("12 of the 45 have driven in them")


def test_the_clause_of_the_answer_says_how_many_drove(held: SealedEvidence, some: SealedEvidence) -> None:
    assert sealed_clause(held) == (
        "Success in 4 sealed conditions with snow (from a seed that was fixed before the first training and opened "
        "after the last): `informed` 75 %, `paper` 0 % and `paper-auxiliary` 0 %."
    )
    assert "opened after the last; driven so far by 12 of 45 trainings): " in sealed_clause(some)
    assert sealed_clause(None) == ""
    assert answer(held.evidence, sealed_clause(held)).sentences[-1] == sealed_clause(held)


def test_tables_are_by_how_much_snow_lies(held: SealedEvidence) -> None:
    groups = ("no snow (2 conditions)", "snow on 10 to 40 % (2 conditions)", "snow on 60 to 90 % (2 conditions)")
    recipes, models = recipes_table(held), models_table(held)
    assert recipes.header == ("recipe", "trainings", *groups)
    assert recipes.rows[-1] == ("`informed`", "15", "100 %", "100 %", "50 %")
    assert models.header == ("recipe", "model", *groups)
    assert models.rows[-1][:2] == ("`informed`", "feed-forward")
    assert models.rows[-1][4] == "50 %\n4 4 4 4 4 of 8"
    assert conditions_table(held).rows[-1] == ("deepest", "0 %", "0 %", "0 %")
    assert conditions_table(held).rows[2] == ("dusting", "0 %", "0 %", "100 %")


def test_differences_are_tested_as_in_winter_or_said_to_be_too_few(held: SealedEvidence, some: SealedEvidence) -> None:
    table, told = snow_differences(held)
    assert len(table.rows) == 6
    assert told == (
        "Tested in snow as in winter, by the same families: none of 6 comparisons is significant (smallest p = 1.00 "
        "after Holm)."
    )
    assert (
        snow_differences(some)[1] == "With so few trainings no p-value could be below 0.67: intervals are all there is."
    )


def test_the_figure_has_a_marker_a_condition_and_one_for_bare_roads(held: SealedEvidence) -> None:
    svg = sealed_figure(held, "informed")
    marks = [part for part in ElementTree.fromstring(svg) if part.attrib.get("class", "").startswith("mark")]
    assert len(marks) == 3 * 5
    assert "<title>NCP-LTC, snow on 90 %: 0 %</title>" in svg
    assert sealed_figure(held, "none such") == ""


@pytest.mark.slow
def test_page_and_text_have_the_chapter_and_the_command_that_opens_it(held: SealedEvidence) -> None:
    shown = chapters(held.evidence, "settled-question", sealed=held)
    text = markdown(shown)
    assert "\n## Sealed conditions\n\n- 6 conditions" in text
    assert f"    wormdrive benchmark settled-question --unseal {SEED}\n" in text
    assert text.split("\n\n")[2].endswith("and `paper-auxiliary` 0 %.")
    assert "\n\n\n" not in text
    made = page(held.evidence, shown, sealed=held)
    assert made.count('aria-label="Success against snow on the road by recipe') == 3
    assert '<h2 id="sealed">' in made


@pytest.mark.slow
def test_without_sealed_drives_neither_has_it(held: SealedEvidence) -> None:
    shown = chapters(held.evidence, "settled-question")
    assert "Sealed" not in markdown(shown)
    assert 'id="sealed"' not in page(held.evidence, shown)
