from __future__ import annotations

import pytest

from tests.benchmark.report.examples import BENCHMARK, by_chance, made_table
from wormdrive.benchmark.drive_table import concatenate
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.tables import models


@pytest.mark.parametrize(
    ("seeds", "said"),
    [((5, 5, 5), "5"), ((5, 3, 3), "5 by 1 recipe, 3 by 2"), ((2, 4, 4), "4 by 2 recipes, 2 by 1")],
)
def test_numbers_of_trainings_say_by_how_many_recipes(seeds: tuple[int, ...], said: str) -> None:
    recipes = zip(("paper", "paper-auxiliary", "informed"), seeds, strict=True)
    table = concatenate(made_table(by_chance, recipes=(name,), seeds=count) for name, count in recipes)
    assert {row[-1] for row in models(Evidence(table, BENCHMARK)).rows} == {said}
