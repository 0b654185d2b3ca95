from __future__ import annotations

from io import StringIO

from rich.console import Console

from tests.benchmark.drives import drive_row
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.summary import print_summary, summarise


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
