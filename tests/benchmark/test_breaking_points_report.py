from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from wormdrive.benchmark.breaking_points import LadderBreak, TrainingBreak
from wormdrive.benchmark.breaking_points_report import place_on_ladder, print_breaking_points, write_breaking_points
from wormdrive.benchmark.statistics.interval import Interval
from wormdrive.scenarios.breaking_point import BreakingPoint

RUNGS = (10.0, 5.0, 3.0)
WITHIN = TrainingBreak(0, 2, 1.5, BreakingPoint(5.0, "within", (8.125, None)))
PASSES = TrainingBreak(1, 2, 3.0, BreakingPoint(None, "beyond_last", (None, None)))
TWO = LadderBreak(
    *("blind", "ncp", "shifts", "frame_rate", True, RUNGS, 16),
    (WITHIN, PASSES),
    Interval(2.25, 0.25, 3.0, 0.95),
)
ONE = LadderBreak("blind", "gru", "shifts", "frame_rate", True, RUNGS, 16, (WITHIN,), None)


@pytest.mark.parametrize(
    ("held", "place"),
    [(0.0, "before 10"), (0.5, "10"), (1.0, "7.5"), (2.0, "4"), (2.5, "3"), (2.6, "beyond 3"), (3.0, "beyond 3")],
)
def test_a_number_of_rungs_has_a_place_in_their_unit(held: float, place: str) -> None:
    assert place_on_ladder(RUNGS, held) == place


def test_ladders_by_models_with_intervals_and_how_many_pass() -> None:
    console = Console(file=StringIO(), width=160)
    print_breaking_points(console, [TWO, ONE])
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "frame_rate, 10 to 3" in printed
    assert "3.5 (before 10 to beyond 3), 1 pass" in printed
    assert " 5 " in printed


def test_a_line_a_training(tmp_path: Path) -> None:
    file = tmp_path / "breaking_points.csv"
    write_breaking_points([TWO, ONE], file)
    first, second, third = csv.DictReader(StringIO(file.read_text()))
    assert first == {
        "recipe": "blind", "model": "ncp", "seed": "0", "suite": "shifts", "shift": "frame_rate", "clock": "1",
        "rungs": "3", "rungs_driven": "2", "routes": "16", "rungs_held": "1.5",
        "side": "within", "value": "5.0", "low": "8.125", "high": "",
    }  # fmt: skip
    assert (second["side"], second["value"], second["rungs_held"]) == ("beyond_last", "", "3.0")
    assert third["model"] == "gru"
