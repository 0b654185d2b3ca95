from __future__ import annotations

import io

import pytest
from rich.console import Console

from wormdrive.cli import stages
from wormdrive.cli.stages import Stages


def test_without_a_terminal_a_line_now_and_then_says_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(stages.time, "monotonic", lambda: now[0])
    printed = io.StringIO()
    with Stages(Console(file=printed, width=120)) as shown:
        shown.heading("1 of 1  Work")
        shown.begin("mine:factory: [driving]", 200, "m")
        for at_s, done in ((11.0, 6.0), (15.0, 10.0), (22.0, 20.0), (33.0, 100.0)):
            now[0] = at_s
            shown.advance(done, mean_offset=0.12345)
        now[0] = 50.0
    assert printed.getvalue().splitlines() == [
        "1 of 1  Work",
        "  mine:factory: [driving] ...",
        "  mine:factory: [driving]: 3 %  mean offset 0.1235",  # too little to tell how long the rest will take
        "  mine:factory: [driving]: 10 %, 198 s left  mean offset 0.1235",
        "  mine:factory: [driving]: 50 %, 33 s left  mean offset 0.1235",
        "  mine:factory: [driving]: done in 50.0 s",
    ]


def test_an_evaluation_counts_the_metres_of_drives_that_have_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(stages.time, "monotonic", lambda: now[0])
    printed = io.StringIO()
    with Stages(Console(file=printed, width=120)) as shown:
        shown.begin("driving", 8, "drives")
        now[0] = 20.0
        shown.drives(0, 8, 0.5)
        now[0] = 40.0
        shown.drives(2, 8, 0.8)
    assert printed.getvalue().splitlines()[1:3] == [
        "  driving: 50 %, 20 s left",
        "  driving: 80 %, 10 s left  drives ended 2",
    ]
