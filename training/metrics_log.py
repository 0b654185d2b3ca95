"""Metrics log: the course of a run, a JSON line every few steps, and wherever else it is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wormdrive.training.checkpoint import Position
from wormdrive.training.metrics_sinks import MetricsSink, TensorBoardSink, WandbSink

__all__ = ["MetricsLog"]


class MetricsLog:
    """Appends to ``folder/journal.jsonl``; lines later than ``position``, left by a run that was killed, are dropped.

    Raises
    ------
    MissingPackageError
        TensorBoard or Weights & Biases is wanted and not installed.
    """

    def __init__(self, folder: Path, position: Position, *, tensorboard: bool = False, wandb: bool = False) -> None:
        path = folder / "journal.jsonl"
        kept = [line for line in _lines(path) if Position(line["round"], line["step"]) <= position]
        seen = kept[-1].get("frames", 0) if kept else 0
        kinds = [TensorBoardSink] * tensorboard + [WandbSink] * wandb
        self._sinks: list[MetricsSink] = [kind(folder, seen) for kind in kinds]
        path.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
        self._file = path.open("a", encoding="utf-8")

    def write(self, position: Position, seen: int, **figures: float) -> None:
        """Note any figures by name at a position, after ``seen`` frames of the whole run."""
        line = {"round": position.round_, "step": position.step, "frames": seen}
        self._file.write(json.dumps(line | {name: round(value, 6) for name, value in figures.items()}) + "\n")
        self._file.flush()
        for sink in self._sinks:
            sink.write(seen, figures)

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        for sink in self._sinks:
            sink.close()


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            break  # a kill cut it off; what follows does not exist
        lines.append(line)
    return lines
