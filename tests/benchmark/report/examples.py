"""Made-up tables of drives with a known answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.evidence import Evidence

MODELS = ("ncp", "lstm", "feedforward")
RECIPES = ("paper", "paper-auxiliary", "informed")
ROUTES = 8
BENCHMARK = Benchmark.model_validate(
    {
        "name": "settled-question",
        "trainings": [{"models": ["ncp", "cfc", "lstm", "feedforward", "cnn"], "recipes": list(RECIPES)}],
        "drives": [{"suite": "seasons"}, {"suite": "shifts", "recipes": ["informed"]}],
    }
)

Success = Callable[[str, str, int, int], bool]
"""Whether (recipe, model, seed) succeeds in winter on a route; in summer all do."""


def made_table(
    success: Success,
    models: Sequence[str] = MODELS,
    recipes: Sequence[str] = RECIPES,
    seeds: int = 5,
    weathers: Sequence[str] = ("day", "fog"),
) -> DriveTable:
    """Winter and summer, all of whose weathers are alike."""
    rows: list[DriveRow] = []
    for recipe in recipes:
        for model in models:
            for seed in range(seeds):
                for season in ("summer", "winter"):
                    for weather in weathers:
                        for route in range(ROUTES):
                            done = season == "summer" or success(recipe, model, seed, route)
                            rows.append(
                                drive_row(
                                    recipe=recipe, model=model, seed=seed, suite="seasons", season=season,
                                    weather=weather, route=route, success=done, success_centre=True,
                                    departure_distance_m=None if done else 50.0, wheel_over_share=0.0 if done else 0.1,
                                )
                            )  # fmt: skip
    return DriveTable(tuple(rows))


def scattered(recipe: str, model: str, seed: int, route: int) -> int:
    """A number from 0 to 99, as good as drawn."""
    return (7919 * (31 * sum(map(ord, recipe + model)) + 17 * seed + 3 * route * route + 11 * route * seed)) // 13 % 100


def by_recipe(recipe: str, model: str, seed: int, route: int) -> bool:
    """The recipe alone decides."""
    return scattered(recipe, model, seed, route) < {"paper": 5, "paper-auxiliary": 30, "informed": 95}[recipe]


def by_model(recipe: str, model: str, seed: int, route: int) -> bool:
    """The kind of network alone decides, for the liquid one."""
    return scattered(recipe, model, seed, route) < (90 if model == "ncp" else 20)


def by_seed(recipe: str, model: str, seed: int, route: int) -> bool:
    """The training seed alone decides, for each training in its own way."""
    good = scattered(recipe, model, seed, 0) < 50
    return scattered(recipe, model, seed, route + 1) < (95 if good else 5)


def by_chance(recipe: str, model: str, seed: int, route: int) -> bool:
    """Nothing decides."""
    return scattered(recipe, model, seed, route) < 50


def evidence(success: Success, benchmark: Benchmark | None = None, **shape: object) -> Evidence:
    """What a made-up table says."""
    return Evidence(made_table(success, **shape), benchmark or BENCHMARK)  # type: ignore[arg-type]
