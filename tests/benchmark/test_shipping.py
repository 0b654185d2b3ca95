from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from tests.benchmark.drives import drive_row
from wormdrive.agents.model_card import CARD_FILE, read_card
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import CONFIG_FILE, WEIGHTS_FILE, load_policy, save_policy
from wormdrive.benchmark.definition import Benchmark, Drives, Trainings
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.benchmark.provenance import Provenance
from wormdrive.benchmark.runner import run_cells
from wormdrive.benchmark.shipping import Shipment, ship
from wormdrive.cli.main import app
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.scenarios.intervals import wilson_interval
from wormdrive.training import config
from wormdrive.training.config import Recipe
from wormdrive.training.progress import Silent

SUITE = "{name: short, maps: [country_loop], conditions: {summer: [day], winter: [day, fog]}, episodes: 4}"
ROUTES = 4


def benchmark(folder: Path, *models: str, recipes: tuple[str, ...] = ("informed",), seeds: int = 5) -> Benchmark:
    suite = folder / "short.yaml"
    suite.write_text(SUITE)
    trainings = Trainings(models=models, recipes=recipes, seeds=seeds)
    return Benchmark(name="tiny", trainings=(trainings,), drives=(Drives(suite=str(suite)),))


def winters(model: str, successes: Mapping[int, int], recipe: str = "informed") -> list[object]:
    """Rows of trainings by seed: so many of eight winter drives in the lane, and all of summer's."""
    return [
        drive_row(
            model=model, recipe=recipe, seed=seed, suite="short", season=season, weather=weather, route=route,
            success=season == "summer" or first + route < count, offset_mean_m=0.1 + 0.1 * first,
        )
        for seed, count in successes.items()
        for season, weather, first in (("summer", "day", 0), ("winter", "day", 0), ("winter", "fog", ROUTES))
        for route in range(ROUTES)
    ]  # fmt: skip


def made(results: Path, wanted: Benchmark, rows: list[object]) -> dict[tuple[str, int], PolicyCell]:
    """Results of that benchmark as they would lie there, with untrained policies; those of ``lstm`` name no camera."""
    cells = {(cell.config.model, cell.config.seed): cell for cell in wanted.policies()}
    for (model, seed), cell in cells.items():
        torch.manual_seed(seed)
        policy = build_policy({"kind": model, **cell.config.policy})
        policy.trained_camera = None if model == "lstm" else CameraConfig()
        save_policy(policy, cell.folder(results))
    DriveTable(tuple(rows)).write(results / "drives.csv")  # type: ignore[arg-type]
    Provenance.here().write(results / "provenance.json")
    return cells


def test_the_median_seed_by_winter_is_shipped_with_its_card(tmp_path: Path) -> None:
    wanted = benchmark(tmp_path, "ncp", "lstm")
    rows = winters("ncp", {0: 8, 1: 2, 2: 7, 3: 5, 4: 2}) + winters("lstm", {0: 4, 1: 4, 2: 4, 3: 4, 4: 0})
    cells = made(tmp_path / "results", wanted, rows)
    told = ship(wanted, tmp_path / "results", tmp_path / "out", models=("ncp", "lstm"), recipes=("informed",))
    assert told == [Shipment("ncp-informed", 3), Shipment("lstm-informed", 1)]
    folder, trained = tmp_path / "out" / "ncp-informed", cells["ncp", 3].folder(tmp_path / "results")
    assert sorted(file.name for file in folder.iterdir()) == sorted([CARD_FILE, CONFIG_FILE, WEIGHTS_FILE])
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        assert (folder / name).read_bytes() == (trained / name).read_bytes()
    assert load_policy(folder).config.kind == "ncp"
    by_default = load_policy(tmp_path / "out" / "lstm-informed")
    assert by_default.trained_camera == CameraConfig()  # as all of a benchmark have
    card = read_card(folder)
    assert (card.kind, card.recipe, card.seed, card.knows) == ("ncp", "informed", 3, ("winter",))
    assert (card.season("summer"), card.season("winter")) == ((4, 4), (5, 8))
    fog = card.results[2]
    assert (fog.season, fog.weather, fog.successes, fog.drives, fog.offset_m) == ("winter", "fog", 1, 4, 0.5)
    assert (fog.low, fog.high) == pytest.approx(wilson_interval(1, 4), abs=1e-4)
    assert "8 (seed 0), 2 (seed 1), 7 (seed 2), 5 (seed 3), 2 (seed 4)" in card.chosen
    assert (
        "400 drives of the expert, 3.3 s each, on country_loop in summer (day, dusk, night, fog and rain)" in card.data
    )
    assert "1 round of DAgger, 32 drives of 4.0 s" in card.data


def test_shipping_again_writes_the_same_bytes(tmp_path: Path) -> None:
    wanted = benchmark(tmp_path, "feedforward", seeds=3)
    made(tmp_path / "results", wanted, winters("feedforward", {0: 1, 1: 2, 2: 3}))
    written = []
    for out in ("one", "two", "two"):
        ship(wanted, tmp_path / "results", tmp_path / out, models=("feedforward",), recipes=("informed",))
        written.append({file.name: file.read_bytes() for file in (tmp_path / out / "feedforward-informed").iterdir()})
    assert written[0] == written[1] == written[2]


def test_what_is_missing_is_told_and_not_guessed(tmp_path: Path) -> None:
    wanted = benchmark(tmp_path, "ncp", "cfc", "lstm", seeds=3)
    rows = winters("ncp", {0: 1, 1: 2}) + winters("cfc", {0: 1, 1: 2, 2: 3}) + winters("lstm", {0: 1, 1: 2, 2: 3})[:-1]
    cells = made(tmp_path / "results", wanted, rows)
    median = cells["cfc", 1]
    median.folder(tmp_path / "results").rename(tmp_path / "elsewhere")
    told = ship(wanted, tmp_path / "results", tmp_path / "out", recipes=("informed", "blind"))
    assert [shipment.seed for shipment in told] == [None] * 8
    missing = {shipment.name: shipment.missing for shipment in told}
    assert missing["ncp-informed"] == "of the training from seed 2 the table has 0 of 12 drives"
    assert missing["lstm-informed"] == "of the training from seed 2 the table has 11 of 12 drives"
    assert missing["cfc-informed"].startswith(f"the training from seed 1 ({median.name}) is not in ")
    assert missing["feedforward-informed"] == missing["ncp-blind"] == "the benchmark has no such training"
    assert not (tmp_path / "out").exists()


def test_a_recipe_without_a_name_cannot_be_made_again_and_is_not_shipped(tmp_path: Path) -> None:
    wanted = benchmark(tmp_path, "ncp", seeds=1)
    own = wanted.model_copy(
        update={
            "recipes": {"own": config.recipe("paper")},
            "trainings": (Trainings(models=("ncp",), recipes=("own",), seeds=1),),
        }
    )
    made(tmp_path / "results", own, winters("ncp", {0: 1}, "own"))
    (told,) = ship(own, tmp_path / "results", tmp_path / "out", models=("ncp",), recipes=("own",))
    assert told.missing.startswith("the recipe is the benchmark's own; allowed are those with a name: demo, ")


def test_a_benchmark_without_winter_has_nothing_to_choose_by(tmp_path: Path) -> None:
    wanted = benchmark(tmp_path, "ncp")
    (tmp_path / "short.yaml").write_text(SUITE.replace("winter", "autumn"))
    made(tmp_path / "results", wanted, winters("ncp", {0: 1}))
    with pytest.raises(ArgumentError, match="no suite has winter"):
        ship(wanted, tmp_path / "results", tmp_path / "out")


@pytest.mark.slow
def test_the_cards_commands_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny = Recipe.model_validate(
        {
            "record": {"maps": ["country_loop", "suburb"], "weathers": ["day", "fog"], "episodes": 2, "length": 24,
                       "disturbance": 0.5, "seed": 7},
            "train": {"window": 4, "batch": 2, "steps": 4, "rounds": 1, "round_episodes": 1, "round_length": 16,
                      "round_steps": 2, "augmentation": {"wheel_tracks": 0}},
        }
    )  # fmt: skip
    monkeypatch.setattr(config, "_recipes", lambda: {"informed": tiny})
    monkeypatch.chdir(tmp_path)
    wanted = benchmark(tmp_path, "lstm", seeds=2)
    run_cells(wanted.policies(), tmp_path / "results", Silent())
    DriveTable(tuple(winters("lstm", {0: 3, 1: 1}))).write(tmp_path / "results" / "drives.csv")  # type: ignore[arg-type]
    Provenance.here().write(tmp_path / "results" / "provenance.json")
    (told,) = ship(wanted, tmp_path / "results", tmp_path / "out", models=("lstm",), recipes=("informed",))
    assert told.seed == 1
    for command in read_card(tmp_path / "out" / "lstm-informed").commands:
        program, *words = shlex.split(command)
        assert program == "wormdrive"
        CliRunner().invoke(app, words, catch_exceptions=False)
    again = tmp_path / "runs" / "lstm-informed" / "policy"
    for name in (CONFIG_FILE, WEIGHTS_FILE):
        assert (again / name).read_bytes() == (tmp_path / "out" / "lstm-informed" / name).read_bytes()
