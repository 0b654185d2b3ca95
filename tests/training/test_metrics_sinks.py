"""TensorBoard's files as its own reader reads them; a small stand-in takes the place of Weights & Biases."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from wormdrive.envs.common.errors import MissingPackageError
from wormdrive.training.checkpoint import Position
from wormdrive.training.metrics_log import MetricsLog
from wormdrive.training.metrics_sinks import TensorBoardSink, WandbSink


def scalars(folder: Path) -> dict[str, list[tuple[int, float]]]:
    board = EventAccumulator(str(folder / "tensorboard"))
    board.Reload()
    tags = board.Tags()["scalars"]
    return {tag: [(event.step, pytest.approx(event.value)) for event in board.Scalars(tag)] for tag in tags}


def test_tensorboard_shows_any_figures_by_name(tmp_path: Path) -> None:
    sink = TensorBoardSink(tmp_path, 0)
    sink.write(128, {"loss": 0.5, "closed_loop/success_rate": 0.25})
    sink.write(256, {"loss": 0.4})
    sink.close()
    assert scalars(tmp_path) == {"loss": [(128, 0.5), (256, 0.4)], "closed_loop/success_rate": [(128, 0.25)]}


def test_tensorboard_forgets_what_a_run_taken_up_again_does_anew(tmp_path: Path) -> None:
    log = MetricsLog(tmp_path, Position(), tensorboard=True)
    for step in (10, 20, 30):
        log.write(Position(0, step), 8 * step, loss=1.0 / step)
    log.close()
    log = MetricsLog(tmp_path, Position(0, 20), tensorboard=True)
    log.write(Position(0, 30), 240, loss=3.0)
    log.close()
    assert scalars(tmp_path) == {"loss": [(80, 0.1), (160, 0.05), (240, 3.0)]}


class Run(SimpleNamespace):
    """What ``wandb.init`` returns, as far as it is used; remembers what it is told."""

    def __init__(self, **given: Any) -> None:
        super().__init__(given=given, id=given.get("id", "abc123"), logged=[], axes=[], finished=False)

    def define_metric(self, name: str, step_metric: str | None = None) -> None:
        self.axes.append((name, step_metric))

    def log(self, figures: dict[str, float]) -> None:
        self.logged.append(figures)

    def finish(self) -> None:
        self.finished = True


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Put a stand-in where ``wandb`` would be; return the runs that it began."""
    begun: list[Run] = []
    module = ModuleType("wandb")

    def init(**given: Any) -> Run:
        begun.append(Run(**given))
        return begun[-1]

    module.init = init  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wandb", module)
    return begun


def test_wandb_has_the_figures_over_the_frames_seen(tmp_path: Path, runs: list[Run]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "config.json").write_text('{"batch": 2}')
    sink = WandbSink(tmp_path / "mine", 0)
    sink.write(128, {"loss": 0.5, "validation/loss": 0.75})
    sink.close()
    (run,) = runs
    assert run.given == {"name": "mine", "dir": str(tmp_path / "mine"), "config": {"batch": 2}}
    assert run.logged == [{"frames": 128, "loss": 0.5, "validation/loss": 0.75}]
    assert run.axes == [("frames", None), ("*", "frames")]
    assert run.finished


def test_a_run_taken_up_again_goes_on_in_the_same_run_of_wandb(tmp_path: Path, runs: list[Run]) -> None:
    for position, step in ((Position(), 10), (Position(0, 10), 20), (Position(), 10)):
        log = MetricsLog(tmp_path, position, wandb=True)
        log.write(Position(0, step), 8 * step, loss=0.5)
        log.close()
    assert "id" not in runs[0].given
    assert (runs[1].given["id"], runs[1].given["resume"]) == ("abc123", "allow")
    assert "id" not in runs[2].given  # begun anew


@pytest.mark.parametrize(("sink", "package"), [(TensorBoardSink, "tensorboard"), (WandbSink, "wandb")])
def test_a_missing_package_is_named_with_the_command(
    sink: Any, package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        MissingPackageError, match=rf"^{package} is not installed: pip install 'wormdrive\[{package}\]'$"
    ):
        sink(tmp_path, 0)
