from __future__ import annotations

import numpy as np
import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.score_arrays import metric_bounds, pivot, pivot_conditions
from wormdrive.envs.common.errors import ArgumentError

TRAININGS = [("ncp", 3), ("ncp", 1), ("lstm", 0)]


def score(model: str, seed: int, route: int, season: str = "winter") -> float:
    return 1000.0 * seed + 10.0 * route + (1.0 if model == "lstm" else 0.0) + (0.5 if season == "summer" else 0.0)


def rows(season: str = "winter") -> list[DriveRow]:
    """Drives of three trainings on three routes, in no order."""
    return [
        drive_row(model=m, seed=s, route=r, season=season, map=f"map{r % 2}", distance_m=score(m, s, r, season))
        for r in (5, 0, 2)
        for m, s in TRAININGS
    ]


def test_seeds_by_routes() -> None:
    arrays = pivot(DriveTable(tuple(rows())), "distance_m")
    assert (arrays.routes, arrays.seeds, arrays.recipe) == ((0, 2, 5), {"ncp": (1, 3), "lstm": (0,)}, "blind")
    np.testing.assert_array_equal(arrays.scores["ncp"], [[score("ncp", s, r) for r in (0, 2, 5)] for s in (1, 3)])
    assert arrays.scores["lstm"].shape == (1, 3)


def test_truths_become_numbers() -> None:
    table = DriveTable((drive_row(success=True), drive_row(route=1, success=False)))
    np.testing.assert_array_equal(pivot(table, "success").scores["ncp"], [[1.0, 0.0]])


def test_conditions_are_a_third_axis() -> None:
    arrays = pivot_conditions(DriveTable(tuple(rows("summer") + rows())), "distance_m")
    assert [condition[1] for condition in arrays.conditions] == ["summer", "winter"]
    assert arrays.scores["ncp"].shape == (2, 3, 2)
    assert arrays.scores["ncp"][1, 2, 0] == score("ncp", 3, 5, "summer")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            rows()[1:],
            r"model 'ncp', seed 3, condition suite='four-seasons' season='winter' .* lacks routes 5;",
        ),
        (rows() + rows("summer"), r"conditions .*summer.*allowed is one"),
        ([*rows(), drive_row(recipe="informed")], "recipes blind, informed; allowed is exactly one"),
        ([], "recipes none"),
        ([*rows(), drive_row(model="gru", route=5, map="grid")], "route 5 is on map 'map1' for model 'ncp'"),
    ],
)
def test_what_is_missing_is_named(table: list[DriveRow], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        pivot(DriveTable(tuple(table)), "distance_m")


def test_a_missing_condition_is_named() -> None:
    with pytest.raises(ArgumentError, match=r"seed 0, condition .*season='summer' .* lacks routes 0, 2, 5"):
        pivot_conditions(DriveTable(tuple(rows() + [r for r in rows("summer") if r.model == "ncp"])), "distance_m")


def test_censored_distances_are_no_metric() -> None:
    with pytest.raises(ArgumentError, match="metric='departure_distance_m': allowed are success"):
        pivot(DriveTable(tuple(rows())), "departure_distance_m")


def test_bounds() -> None:
    assert metric_bounds("success") == metric_bounds("wheel_over_share") == (0.0, 1.0)
    assert metric_bounds("offset_p95_m") == (0.0, float("inf"))
