from __future__ import annotations

import json
from pathlib import Path

from wormdrive.training.checkpoint import Position
from wormdrive.training.metrics_log import MetricsLog


def written(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def test_a_line_holds_the_position_the_frames_and_the_figures(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path, Position())
    log.write(Position(1, 20), 640, loss=0.12345678)
    assert written(tmp_path) == [{"round": 1, "step": 20, "frames": 640, "loss": 0.123457}]  # there before it is closed
    log.close()


def test_a_run_taken_up_again_forgets_what_its_checkpoint_has_not_seen(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path, Position())
    for round_, step in ((0, 10), (0, 20), (1, 10), (1, 20)):
        log.write(Position(round_, step), 0)
    log.close()
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"round": 1, "st')  # a kill cut it off
    log = MetricsLog(tmp_path, Position(1, 10))
    log.write(Position(1, 15), 0)
    log.close()
    assert [(line["round"], line["step"]) for line in written(tmp_path)] == [(0, 10), (0, 20), (1, 10), (1, 15)]


def test_any_figures_are_noted_by_name(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path, Position())
    log.write(Position(0, 10), 80, **{"validation/loss": 0.5, "closed_loop/success_rate": 0.75})
    log.close()
    assert written(tmp_path)[0] == {
        "round": 0,
        "step": 10,
        "frames": 80,
        "validation/loss": 0.5,
        "closed_loop/success_rate": 0.75,
    }
