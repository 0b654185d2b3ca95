from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmark.drives import drive_row
from tests.benchmark.report.examples import RECIPES, by_chance, made_table
from tests.benchmark.report.sealed_examples import (
    COVERS,
    ROUTES,
    SEALED_BENCHMARK,
    made_sealed,
    sealed_table,
    write_opened,
)
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.sealed_evidence import sealed_evidence, snow_groups
from wormdrive.envs.common.errors import ArgumentError


def test_groups_follow_from_the_snow_that_lies() -> None:
    assert snow_groups(COVERS) == {
        "no snow": ("bare day", "bare night"),
        "snow on 10 to 40 %": ("dusting", "slush"),
        "snow on 60 to 90 %": ("deep", "deepest"),
    }


@pytest.mark.parametrize(
    ("covers", "groups"),
    [
        ({"a": 0.0}, ["no snow"]),
        ({"a": 0.5}, ["snow on 50 %"]),
        ({"a": 0.2, "b": 0.5, "c": 0.7}, ["snow on 20 %", "snow on 50 to 70 %"]),
        ({}, []),
    ],
)
def test_few_conditions_make_fewer_groups(covers: dict[str, float], groups: list[str]) -> None:
    assert list(snow_groups(covers)) == groups


def test_trainings_are_the_unit_in_every_group(tmp_path: Path) -> None:
    held = made_sealed(tmp_path)
    one = held.standings["snow on 60 to 90 %"]["informed", "ncp"]
    assert (one.mean, one.drives, len(one.by_seed)) == (0.5, 2 * ROUTES, 5)
    assert held.trainings["paper", "lstm"] == 5
    assert held.driven_each == len(COVERS) * ROUTES
    assert held.recipes == list(RECIPES)
    assert list(held.by_condition) == list(COVERS)
    assert held.by_condition["deepest"]["informed", "ncp"] == 0.0


def test_differences_are_those_in_snow(tmp_path: Path) -> None:
    held = made_sealed(tmp_path)
    assert held.in_snow.values("shift") == ["dusting", "slush", "deep", "deepest"]
    assert {(one.recipe, one.model) for one in held.differences} == {(r, m) for r in RECIPES for m in ("ncp", "lstm")}
    assert {one.routes for one in held.differences} == {ROUTES}
    assert held.untested == []


def test_a_part_of_the_trainings_may_have_driven(tmp_path: Path) -> None:
    held = made_sealed(tmp_path, sealed_table(seeds=1, recipes=("informed",)))
    assert sum(held.trainings.values()) == 3
    assert held.recipe_means == {"informed": {"no snow": 1.0, "snow on 10 to 40 %": 1.0, "snow on 60 to 90 %": 0.5}}
    assert held.differences == held.untested == []


def test_a_table_without_such_drives_has_no_such_chapter(tmp_path: Path) -> None:
    evidence = Evidence(made_table(by_chance), SEALED_BENCHMARK)
    assert sealed_evidence(evidence, [write_opened(tmp_path)]) is None


def test_drives_without_their_conditions_are_refused(tmp_path: Path) -> None:
    evidence = Evidence(sealed_table(), SEALED_BENCHMARK)
    with pytest.raises(ArgumentError, match=r"drives\.csv: drives of suite sealed, but no sealed\.yaml beside"):
        sealed_evidence(evidence, [tmp_path / "drives.csv"])


def test_a_condition_that_is_none_is_refused(tmp_path: Path) -> None:
    stray = drive_row(recipe="informed", suite="sealed", weather="given", shift="hail")
    evidence = Evidence(DriveTable((*sealed_table().rows, stray)), SEALED_BENCHMARK)
    with pytest.raises(ArgumentError, match=r"condition 'hail' of suite sealed: is none of sealed\.yaml"):
        sealed_evidence(evidence, [write_opened(tmp_path)])
