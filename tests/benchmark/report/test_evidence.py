from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tests.benchmark.drives import drive_row
from tests.benchmark.report.examples import BENCHMARK, by_model, by_recipe, evidence, made_table
from wormdrive.benchmark.definition import Drives
from wormdrive.benchmark.drive_table import DriveTable, concatenate
from wormdrive.benchmark.report.evidence import Evidence, least_p
from wormdrive.envs.common.errors import ArgumentError


def test_winter_counts_wheels_over_all_weathers_by_training() -> None:
    held = evidence(lambda r, m, seed, route: route < seed)
    standing = held.winter["paper", "ncp"]
    assert standing.drives == 2 * 8
    assert standing.counts == [0, 2, 4, 6, 8]
    assert standing.mean == 0.25
    assert held.recipes == ["paper", "paper-auxiliary", "informed"]
    assert held.models == ["ncp", "lstm", "feedforward"]


def test_a_family_is_a_recipe_and_differences_are_from_the_memoryless() -> None:
    held = evidence(by_model)
    assert [(one.recipe, one.model) for one in held.differences] == list(product(held.recipes, ["ncp", "lstm"]))
    assert held.differences[0].p_value == pytest.approx(2 / 252)
    assert held.differences[0].p_corrected == pytest.approx(4 / 252)
    assert least_p(held.differences) == pytest.approx(4 / 252)
    assert set(held.differences_by_weather) == {"day", "fog"}


def test_recipe_means_weigh_models_alike() -> None:
    held = evidence(by_recipe)
    mean = held.recipe_means["paper"]
    assert not isinstance(mean, float)
    assert mean.estimate == pytest.approx(sum(held.winter["paper", model].mean for model in held.models) / 3)
    assert held.recipe_mean("paper", "fog") == mean  # in which trainings do as by day
    assert isinstance(evidence(by_recipe, seeds=1).recipe_means["paper"], float)


def test_models_of_some_recipes_alone_stay_in_their_recipes() -> None:
    table = concatenate([made_table(by_model), made_table(by_model, ["gru"], ["informed"], 3)])
    held = Evidence(table, BENCHMARK)
    assert held.shares is not None
    assert held.shares.models == ("ncp", "lstm", "feedforward")
    assert [one.model for one in held.differences if one.recipe == "informed"] == ["ncp", "lstm"]


def test_factors_join_what_each_route_drew() -> None:
    rows = made_table(by_model).rows
    drawn = tuple(
        drive_row(model=model, recipe="informed", seed=seed, suite="shifts", season=("autumn", "winter")[route % 2],
                  shift="factors", rung=float(k), route=route, success=k < 2)
        for model in ("ncp", "feedforward") for seed in range(2) for k in (0, 2) for route in range(4)
    )  # fmt: skip
    by_factors = Evidence(DriveTable((*rows, *drawn)), BENCHMARK).by_factors
    assert set(by_factors) == {("informed", "ncp"), ("informed", "feedforward")}
    assert {k: standing.mean for k, standing in by_factors["informed", "ncp"].items()} == {0: 1.0, 2: 0.0}
    assert by_factors["informed", "ncp"][0].counts == [4, 4]


def test_further_suites_are_kept_apart_though_their_routes_have_the_same_numbers() -> None:
    table = made_table(by_model)
    other = DriveTable(tuple(replace(row, suite="sealed", success=False) for row in table))
    held = Evidence(concatenate([table, other]), BENCHMARK)
    assert held.suite == "seasons"
    assert list(held.further_suites) == ["sealed"]
    assert held.winter == Evidence(table, BENCHMARK).winter


def test_models_with_fewer_trainings_than_the_memoryless_are_shown_and_not_tested() -> None:
    """Six more in a family would leave none that could be significant."""
    others = ["gru", "ctrnn", "gru_ode", "ltc_full", "ltc_random", "transformer"]
    table = concatenate([made_table(by_model), made_table(by_model, others, ["informed"], 3)])
    held = Evidence(table, BENCHMARK)
    assert len(held.testable) == len(held.differences) == 3 * 2
    assert sorted(one.model for one in held.untested) == sorted(others)
    assert all(one.recipe == "informed" for one in held.untested)
    few = Evidence(made_table(by_model, seeds=3), BENCHMARK)
    assert few.testable == []
    assert len(few.differences) == 3 * 2


def test_the_negative_control_is_no_recipe_among_others() -> None:
    table = concatenate([made_table(by_recipe), made_table(lambda *_: True, ["ncp", "feedforward"], ["state"])])
    held = Evidence(table, BENCHMARK)
    assert held.controls == ["state"]
    assert "state" not in held.recipes
    assert {recipe for recipe, _ in held.winter} == set(held.recipes)
    assert held.winter == Evidence(made_table(by_recipe), BENCHMARK).winter
    assert held.shares is not None
    assert "state" not in held.shares.recipes
    mean = held.recipe_mean("state")
    assert not isinstance(mean, float)
    assert mean.estimate == 1.0


def test_winter_and_the_other_seasons_may_be_suites_of_their_own() -> None:
    rows = made_table(by_recipe).rows
    apart = [replace(row, suite="winter" if row.season == "winter" else "without-winter") for row in rows]
    sealed = [replace(row, suite="sealed", success=False) for row in rows]
    drives = (Drives(suite="winter"), Drives(suite="without-winter"))
    held = Evidence(DriveTable((*sealed, *apart)), BENCHMARK.model_copy(update={"drives": drives}))
    assert (held.suite, held.other_suite) == ("winter", "without-winter")
    assert held.other_seasons.values("season") == ["summer"]
    assert list(held.further_suites) == ["sealed"]
    together = Evidence(DriveTable(rows), BENCHMARK)
    assert (together.suite, together.other_suite) == ("seasons", "seasons")
    assert len(together.other_seasons) == len(held.other_seasons)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (DriveTable(()), "table: holds nothing; allowed is one with drives of named conditions in winter"),
        (DriveTable((drive_row(season="summer", recipe="paper"),)), "table: holds four-seasons; allowed is one with"),
        (DriveTable((drive_row(recipe="banana"),)), "recipe='banana': allowed are demo, full, informed"),
    ],
)
def test_a_table_that_cannot_answer_is_refused(table: DriveTable, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        Evidence(table, BENCHMARK)


def test_trainings_that_lack_drives_are_refused_by_name() -> None:
    rows = made_table(by_model).rows
    with pytest.raises(ArgumentError, match=r"model 'feedforward', seed 4, condition .* lacks routes 7"):
        _ = Evidence(DriveTable(rows[:-1]), BENCHMARK).winter
