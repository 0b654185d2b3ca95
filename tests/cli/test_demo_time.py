from __future__ import annotations

from pathlib import Path

import pytest

from wormdrive.cli import demo_time
from wormdrive.cli.demo_stages import Demo
from wormdrive.cli.stages import Stages


def test_phases_are_timed_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    outs: list[Path] = []
    clock = iter(range(100))

    def run(demo: Demo, stages: Stages) -> None:
        outs.append(demo.out)
        stages.heading("1 of 2")
        stages.begin("record", 10, "frames")
        stages.advance(5)
        stages.begin("train", 10, "frames")
        stages.end()

    monkeypatch.setattr(demo_time, "run_demo", run)
    monkeypatch.setattr(demo_time.time, "monotonic", lambda: float(next(clock)))
    lines: list[str] = []
    took = demo_time.time_demo(lines.append)
    assert list(took) == ["record", "train", "all"]
    assert 0 < took["record"] + took["train"] < took["all"]
    assert lines == ["demo: record", "demo: train"]
    assert not outs[0].parent.exists()
