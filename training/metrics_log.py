"""Metrics log: the course of a run, a JSON line every few steps, and in TensorBoard where that is wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wormdrive.envs.common.extras import needs_extra
from wormdrive.training.checkpoint import Position

__all__ = ["MetricsLog"]


class MetricsLog:
    """Appends to ``folder/journal.jsonl``; lines later than ``position``, left by a run that was killed, are dropped.

    Raises
    ------
    MissingPackageError
        TensorBoard is wanted and not installed.
    """

    def __init__(self, folder: Path, position: Position, *, tensorboard: bool = False) -> None:
        self._board: Any = _board(folder / "tensorboard") if tensorboard else None
        path = folder / "journal.jsonl"
        kept = [line for line in _lines(path) if Position(line["round"], line["step"]) <= position]
        path.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
        self._file = path.open("a", encoding="utf-8")

    def write(self, position: Position, seen: int, **figures: float) -> None:
        """Note figures at a position, after ``seen`` frames of the whole run."""
        line = {"round": position.round_, "step": position.step, "frames": seen}
        self._file.write(json.dumps(line | {name: round(value, 6) for name, value in figures.items()}) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in figures.items():
                self._board.add_scalar(name, value, seen)

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._board is not None:
            self._board.close()


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


def _board(folder: Path) -> Any:
    with needs_extra("tensorboard"):
        from torch.utils.tensorboard import SummaryWriter
    return SummaryWriter(str(folder))
