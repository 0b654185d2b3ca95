from __future__ import annotations

from collections.abc import Callable

from tests.benchmark.drives import drive_row
from tests.benchmark.report.examples import BENCHMARK, by_model, made_table
from wormdrive.benchmark.drive_table import DriveTable
from wormdrive.benchmark.report.evidence import Evidence
from wormdrive.benchmark.report.ladders import ladder_figures, ladder_sentence, ladder_table

RATES = (10.0, 5.0, 3.0, 2.0, 1.5, 1.0)


def on_frame_rate(
    holds: Callable[[str, int, bool], int], clocks: tuple[bool, ...] = (True,), seeds: int = 5
) -> Evidence:
    """Drives of the ladder of frame rates: (model, seed, clock) holds so many rungs."""
    rows = tuple(
        drive_row(model=model, recipe="informed", seed=seed, suite="shifts", season="summer", shift="frame_rate",
                  rung=rate, clock=clock, route=route, success=rung < holds(model, seed, clock))
        for clock in clocks for model in ("ncp", "feedforward") for seed in range(seeds)
        for rung, rate in enumerate(RATES) for route in range(2)
    )  # fmt: skip
    return Evidence(DriveTable((*made_table(by_model).rows, *rows)), BENCHMARK)


def test_breaking_points_are_told_in_the_unit_of_the_rungs() -> None:
    table = ladder_table(on_frame_rate(lambda model, seed, clock: 2 if model == "ncp" else 3 + (seed > 2)))
    assert table.header == ("recipe", "ladder", "NCP-LTC", "feed-forward")
    (row,) = table.rows
    assert row[:3] == ("`informed`", "frame rate [Hz]", "4")
    assert row[3].startswith("2.1 (")


def test_a_ladder_driven_without_the_clock_is_one_of_its_own() -> None:
    held = on_frame_rate(lambda model, seed, clock: 6 if clock else 1, clocks=(True, False))
    assert [row[1:3] for row in ladder_table(held).rows] == [
        ("frame rate [Hz]", "beyond 1"),
        ("frame rate [Hz], not told the time", "7.5"),
    ]
    assert list(ladder_figures(held, "informed")) == ["frame rate [Hz]", "frame rate [Hz], not told the time"]
    assert ladder_figures(held, "paper") == {}


def test_ladders_stand_in_the_suites_order_and_say_in_what_they_are_measured() -> None:
    rows = [
        drive_row(recipe="informed", suite="shifts", season="summer", shift=shift, rung=rung, clock=clock)
        for shift, rung, clock in (
            ("steering_offset", 0.02, True), ("blur", 1.0, True), ("frame_rate", 10.0, False), ("speed", 12.0, True),
            ("pitch", 1.0, True), ("latency", 0.1, True), ("frame_rate", 10.0, True),
        )
    ]  # fmt: skip
    held = Evidence(DriveTable((*made_table(by_model).rows, *rows)), BENCHMARK)
    assert [row[1] for row in ladder_table(held).rows] == [
        "frame rate [Hz]", "frame rate [Hz], not told the time", "latency [s]", "blur [sigma]", "pitch [deg]",
        "steering offset", "speed [m/s]",
    ]  # fmt: skip


def test_pictures_have_a_marker_a_training() -> None:
    held = on_frame_rate(lambda model, seed, clock: seed)
    (svg,) = ladder_figures(held, "informed").values()
    assert svg.count('class="mark small') == 2 * 5
    assert "<title>NCP-LTC, seed 0: before 10</title>" in svg
    assert "<title>feed-forward, seed 2: 4</title>" in svg
    assert svg.count('class="band') == 2


def test_differences_on_ladders_are_told_or_why_they_cannot_be() -> None:
    told = ladder_sentence(on_frame_rate(lambda model, seed, clock: 2 if model == "ncp" else 4))
    assert told.replace("\N{MINUS SIGN}", "-") == (
        "1 of 1 differences from the memoryless network on ladders is significant after Holm's correction (smallest p "
        "= 0.008). NCP-LTC under `informed` on frame rate: -2.0 rungs (-2.0 to -2.0), p = 0.008."
    )
    assert "None of 1 " in ladder_sentence(on_frame_rate(lambda model, seed, clock: seed))
    few = ladder_sentence(on_frame_rate(lambda model, seed, clock: 2 if model == "ncp" else 4, seeds=3))
    assert few.endswith("no p-value could be below 0.10. Intervals are all there is.")
    assert ladder_sentence(on_frame_rate(lambda model, seed, clock: 2, seeds=1)) == ""
