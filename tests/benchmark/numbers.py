"""Cells that write numbers: quick work, to see how it is shared."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wormdrive.benchmark.cell import Cell
from wormdrive.training.progress import Progress

__all__ = ["Number"]


class Number(Cell):
    """Writes a number, or the sum of those that it needs; ``log`` tells who worked when."""

    kind = "number"

    def __init__(self, value: int, *needs: Cell, log: Path | None = None, seconds: float = 0.0) -> None:
        self.value, self.needs, self.log, self.seconds = value, needs, log, seconds

    label = property(lambda self: f"number {self.value}")

    def determined_by(self) -> Mapping[str, Any]:
        return {"value": self.value}

    def work(self, results: Path, aside: Path, progress: Progress) -> None:
        if self.log is not None:
            with self.log.open("a") as file:
                file.write(f"{self.value}\n")
        time.sleep(self.seconds)
        total = self.value + sum(int((results / need.name / "value").read_text()) for need in self.needs)
        (aside / "value").write_text(str(total))
