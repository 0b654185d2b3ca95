"""The committed table of flights: complete, and what the page says of it."""

from __future__ import annotations

from pathlib import Path

from wormdrive.find_target.cores import CORES
from wormdrive.find_target.evaluation import read_flights
from wormdrive.find_target.suite import load_flight_suite
from wormdrive.find_target.summary import summarise

ROOT = Path(__file__).parents[2]
SUITE = load_flight_suite()
ROWS = read_flights(ROOT / "scenarios" / "results" / "find-target" / "flights.csv")


def test_everybody_flew_every_condition() -> None:
    flown = {(row.model, row.seed, row.condition, row.flight) for row in ROWS}
    trainings = [(kind, seed) for kind in CORES for seed in range(3)] + [("expert", 0)]
    assert flown == {(*one, condition, k) for one in trainings for condition in SUITE.conditions for k in range(24)}
    assert len(flown) == len(ROWS)


def test_the_page_says_what_the_table_says() -> None:
    page = (ROOT / "docs" / "find-target.md").read_text(encoding="utf-8")
    chapter = page.partition("\n## What came out\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in chapter.splitlines() if line.startswith("|")]
    told = {line[0].partition(":")[0].partition(",")[0]: line[1:] for line in lines if len(line) == 6}
    rates = summarise(ROWS)
    for condition in SUITE.conditions:
        found = [rate.success for rate in rates if rate.condition == condition]
        wanted = [f"{100 * one.estimate:.0f} ({100 * one.low:.0f} to {100 * one.high:.0f})" for one in found[:-1]]
        assert told[condition] == [*wanted, f"{100 * found[-1].estimate:.0f}"]
