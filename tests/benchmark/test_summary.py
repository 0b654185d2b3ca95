from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.definition import Benchmark
from wormdrive.benchmark.drive_row import DriveRow
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.summary import merge, print_summary, summarise


def table(seeds: int) -> DriveTable:
    """The ncp drives every second route, the memoryless network all, in winter; both drive all in summer."""
    return DriveTable(
        tuple(
            drive_row(
                model=model, seed=seed, season=season, route=route,
                success=season == "summer" or model == "feedforward" or route % 2 == 0,
            )
            for model in ("ncp", "feedforward")
            for seed in range(seeds)
            for season in ("summer", "winter")
            for route in range(10)
        )
    )  # fmt: skip


def test_rates_and_differences_are_those_of_the_drives() -> None:
    summary = summarise(table(5), "feedforward")
    rates = {(rate.model, rate.condition[1]): rate for rate in summary.rates}
    assert len(rates) == 4
    assert rates["ncp", "winter"].by_seed == dict.fromkeys(range(5), 5)
    assert rates["ncp", "winter"].routes == 10
    interval = rates["ncp", "winter"].rate
    assert interval is not None
    assert interval.estimate == 0.5
    assert interval.low < 0.5 < interval.high
    differences = {difference.condition[1]: difference for difference in summary.differences}
    assert differences["winter"].difference.estimate == -0.5
    assert differences["winter"].p_corrected < 0.05
    assert differences["summer"].difference.estimate == 0.0
    assert differences["summer"].p_corrected == 1.0


def test_a_single_training_has_no_interval_and_is_compared_with_nobody() -> None:
    summary = summarise(table(1), "feedforward")
    assert all(rate.rate is None for rate in summary.rates)
    assert summary.differences == []
    assert summarise(table(5), "gru").differences == []
    assert summarise(DriveTable(()), "gru").rates == []


def test_it_is_printed_with_each_training_and_what_is_no_chance() -> None:
    console = Console(file=StringIO(), width=160)
    print_summary(console, summarise(table(5), "feedforward"))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "5 5 5 5 5 of 10: 50 %" in printed
    assert "winter day: ncp less feedforward: -50 points" in printed
    assert "summer day: ncp less" not in printed
    assert "four-seasons, all conditions: interquartile mean" in printed


FOG = (20.0, 40.0, 60.0)
LADDERS = {("four-seasons", "fog"): FOG}


def on_fog(rungs: dict[str, tuple[float, ...]], *, clock: bool = True) -> tuple[DriveRow, ...]:
    """The ncp holds all of the fog, the others none."""
    return tuple(
        drive_row(model=model, seed=seed, shift="fog", rung=rung, route=k, success=model == "ncp", clock=clock)
        for model, driven in rungs.items()
        for seed in range(5)
        for rung in driven
        for k in range(4)
    )


def test_bisected_ladders_break_nothing_and_are_told_by_their_breaking_points() -> None:
    rows = table(5).rows + on_fog({"ncp": (40.0, 60.0), "feedforward": (20.0, 40.0)})
    summary = summarise(DriveTable(rows), "feedforward", LADDERS)
    assert {rate.condition[3] for rate in summary.rates} == {""}
    held = {one.model: one.rungs_held for one in summary.breaking_points}
    assert (held["ncp"].estimate, held["feedforward"].estimate) == (3.0, 0.0)  # type: ignore[union-attr]
    assert [one.difference.estimate for one in summary.breaking_differences] == [3.0]
    console = Console(file=StringIO(), width=200)
    print_summary(console, summary)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "fog, 20 to 60" in printed
    assert "beyond 60" in printed
    assert "winter day, fog: ncp less feedforward: +3.0 rungs (+3.0 to +3.0), p = 0.008" in printed


def test_ladders_driven_whole_are_told_both_ways() -> None:
    rows = on_fog({"ncp": FOG, "feedforward": FOG})
    summary = summarise(DriveTable(rows), "feedforward", LADDERS)
    assert [rate.condition[4] for rate in summary.rates if rate.model == "ncp"] == list(FOG)
    assert len(summary.differences) == 3
    assert len(summary.breaking_points) == 2


def test_conditions_that_the_reference_did_not_drive_are_compared_with_nobody() -> None:
    rows = on_fog({"ncp": FOG, "feedforward": FOG}) + on_fog({"ncp": FOG}, clock=False)
    one_more = tuple(row for row in on_fog({"gru": FOG}) if row.seed == 0)
    summary = summarise(DriveTable(rows + one_more), "feedforward", LADDERS)
    assert [(one.model, one.condition[5]) for one in summary.differences] == [("ncp", True)] * 3
    assert [(one.model, one.condition[5]) for one in summary.breaking_differences] == [("ncp", True)]
    assert len(summary.rates) == 4 * 3
    console = Console(file=StringIO(), width=200)
    print_summary(console, summary)
    assert "winter day, fog 20, untold" in console.file.getvalue()  # type: ignore[attr-defined]


def test_factors_are_one_condition_for_each_number_of_them() -> None:
    rows = tuple(
        drive_row(seed=seed, shift="factors", rung=2.0, route=k, season=season)
        for seed in range(2)
        for k, season in enumerate(("summer", "winter", "spring"))
    )
    summary = summarise(DriveTable(rows), "feedforward")
    assert [(rate.routes, rate.by_seed) for rate in summary.rates] == [(3, {0: 3, 1: 3})]
    assert [(one.rung, one.success) for one in summary.overall] == [(2.0, 1.0)]
    console = Console(file=StringIO(), width=160)
    print_summary(console, summary)
    assert "2 factors at once" in console.file.getvalue()  # type: ignore[attr-defined]


def test_conditions_are_named_by_what_is_shifted_and_how_far() -> None:
    console = Console(file=StringIO(), width=160)
    rows = [
        drive_row(weather="given", shift="first snow"),
        drive_row(shift="fog", rung=60.0),
        drive_row(),
    ]
    print_summary(console, summarise(DriveTable(tuple(rows)), "feedforward"))
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    for name in ("winter given, first snow ", "winter day, fog 60 ", "winter day "):
        assert name in printed


def test_recipes_are_called_what_the_benchmark_calls_them(tmp_path: Path) -> None:
    """The same training may have been another benchmark's, by another name."""
    recipe = {"record": {"episodes": 1, "length": 24}, "train": {"steps": 2, "augmentation": {"wheel_tracks": 0}}}
    cells = {
        name: Benchmark.model_validate(
            {
                "name": "one",
                "recipes": {name: recipe},
                "trainings": [{"models": ["ncp"], "recipes": [name], "seeds": 1}],
                "drives": [{"suite": "demo"}],
            }
        ).cells()
        for name in ("mine", "yours")
    }
    (mine,) = [cell for cell in cells["mine"] if isinstance(cell, DrivesCell)]
    DriveTable((drive_row(recipe="mine"),)).write(mine.file(tmp_path))
    assert merge(cells["mine"], tmp_path).values("recipe") == ["mine"]
    assert merge(cells["yours"], tmp_path).values("recipe") == ["yours"]
