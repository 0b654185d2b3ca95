"""Choices: the best recipe by the right drives, and all that was tried written down."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.choice import rank, write_choices
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.envs.common.errors import ArgumentError


def _rows(recipe: str, shift: str, successes: str, offset_m: float = 0.1, suite: str = "selection") -> DriveTable:
    return DriveTable(
        tuple(
            drive_row(recipe=recipe, suite=suite, shift=shift, route=k, success=mark == "+", offset_mean_m=offset_m)
            for k, mark in enumerate(successes)
        )
    )


def _table(*parts: DriveTable) -> DriveTable:
    return DriveTable(tuple(row for part in parts for row in part))


def test_shifts_count_alike_however_many_drives_they_have() -> None:
    table = _table(
        _rows("much", "", "+++++++-"),
        _rows("much", "fog", "--"),
        _rows("even", "", "++++----"),
        _rows("even", "fog", "+-"),
    )
    ranked = rank(table, "selection")
    assert [(one.recipe, one.score, one.chosen) for one in ranked] == [("even", 0.5, True), ("much", 0.4375, False)]


def test_of_equals_the_one_that_keeps_nearer_to_the_middle() -> None:
    table = _table(_rows("wide", "", "+-", 0.4), _rows("close", "", "+-", 0.2))
    assert [one.recipe for one in rank(table, "selection")] == ["close", "wide"]


def test_other_suites_do_not_count() -> None:
    table = _table(
        _rows("good", "", "++"), _rows("bad", "", "+-"), _rows("good", "", "--", suite="winter"),
        _rows("bad", "", "++", suite="winter"),
    )  # fmt: skip
    assert rank(table, "selection")[0].recipe == "good"
    with pytest.raises(ArgumentError, match="nobody drove it; allowed are selection, winter"):
        rank(table, "spring")


def test_all_that_was_tried_is_written_down(tmp_path: Path) -> None:
    choices = rank(_table(_rows("good", "", "++"), _rows("bad", "", "+-")), "selection")
    write_choices(choices, tmp_path / "choices.csv")
    with (tmp_path / "choices.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert [(line["recipe"], line["score"], line["chosen"]) for line in lines] == [
        ("good", "1.0", "1"),
        ("bad", "0.5", "0"),
    ]
