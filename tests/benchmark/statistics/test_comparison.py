from __future__ import annotations

import numpy as np
import pytest

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.statistics.comparison import compare, corrected
from wormdrive.envs.common.errors import ArgumentError

MODELS = {"ncp": 0.9, "lstm": 0.5, "feedforward": 0.2}


def table(seeds: int = 5, seasons: tuple[str, ...] = ("winter",)) -> DriveTable:
    """Success by a rate of the model, and of the route in equal measure for all models."""
    rng = np.random.default_rng(0)
    return DriveTable(
        tuple(
            drive_row(model=model, seed=seed, season=season, route=route, success=bool(rng.random() < rate))
            for season in seasons
            for model, rate in MODELS.items()
            for seed in range(seeds)
            for route in range(12)
        )
    )


def test_each_model_against_the_memoryless_one() -> None:
    drives = table()
    ncp, lstm = compare(drives, "success", resamples=2000)
    rates = {model: np.mean([row.success for row in drives.select(model=model)]) for model in MODELS}
    assert (ncp.model, lstm.model, ncp.reference) == ("ncp", "lstm", "feedforward")
    assert (ncp.seeds, ncp.reference_seeds, ncp.routes) == (5, 5, 12)
    assert ncp.condition == ("four-seasons", "winter", "day", "", None, True)
    for found in (ncp, lstm):
        assert found.difference.estimate == pytest.approx(rates[found.model] - rates["feedforward"])
        assert -1.0 <= found.difference.low < found.difference.estimate < found.difference.high <= 1.0
    assert ncp.difference.low > 0.0
    assert ncp.p_value == pytest.approx(2 / 252)
    assert ncp.p_corrected == pytest.approx(4 / 252)
    assert ncp.p_corrected <= lstm.p_corrected


def test_all_conditions_and_recipes_are_one_family() -> None:
    two = table(seasons=("summer", "winter"))
    more = DriveTable(two.rows + tuple(drive_row(**dict_of(row) | {"recipe": "informed"}) for row in two))
    found = compare(more, "success", resamples=200)
    assert len(found) == 2 * 2 * 2
    assert min(one.p_corrected for one in found) == pytest.approx(min(1.0, 8 * min(one.p_value for one in found)))
    alone = corrected(found[:1])
    assert alone[0].p_corrected == alone[0].p_value


def test_models_may_have_fewer_trainings() -> None:
    drives = table()
    fewer = DriveTable(tuple(row for row in drives if row.model != "lstm" or row.seed < 3))
    lstm = compare(fewer, "success", resamples=200)[1]
    assert (lstm.seeds, lstm.reference_seeds) == (3, 5)


def test_the_order_of_rows_does_not_matter() -> None:
    drives = table()
    turned = DriveTable(tuple(sorted(drives.rows, key=lambda row: (row.model != "ncp", row.route, -row.seed))))
    found = {one.model: one for one in compare(drives, "success", resamples=500)}
    assert {one.model: one for one in compare(turned, "success", resamples=500)} == found


def test_what_is_missing_is_named() -> None:
    drives = table()
    with pytest.raises(ArgumentError, match=r"reference='gru'.*there are ncp, lstm, feedforward"):
        compare(drives, "success", reference="gru")
    with pytest.raises(ArgumentError, match="lacks routes 11"):
        compare(DriveTable(drives.rows[:-1]), "success")
    with pytest.raises(ArgumentError, match="one training says nothing"):
        compare(table(seeds=1), "success")


def dict_of(row: object) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}
