"""Figures of vehicles: rows of the page come out again; the page has a row for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.bench.vehicles import as_markdown, measure_vehicle, vehicle_names

PAGE = Path(__file__).parents[2] / "docs" / "vehicles.md"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vehicle.audi.a2", "vehicle.bh.crossbike", "vehicle.wormdrive.saloon"])
def test_a_row_of_the_page_comes_out_again(name: str) -> None:
    row = as_markdown([(name, measure_vehicle(name))]).splitlines()[-1]
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_the_page_has_a_row_for_each_vehicle() -> None:
    rows = [line.split("`")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == vehicle_names()
