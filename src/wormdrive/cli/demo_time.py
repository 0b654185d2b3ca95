"""How long the demo takes, stage by stage."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from rich.console import Console

from wormdrive.cli.demo_stages import Demo, run_demo
from wormdrive.cli.stages import Stages
from wormdrive.scenarios.suite import load_suite
from wormdrive.training.config import recipe
from wormdrive.training.threads import processors

__all__ = ["time_demo"]


class _Timed(Stages):
    """Stages that note how long each phase takes [s]."""

    def __init__(self, progress: Callable[[str], None] | None) -> None:
        super().__init__(Console(file=StringIO()))
        self.seconds: dict[str, float] = {}
        self._tell, self._since = progress or (lambda line: None), 0.0

    def begin(self, phase: str, total: int, unit: str = "") -> None:
        super().begin(phase, total, unit)
        self._tell(f"demo: {phase}")
        self._name, self._since = phase, time.monotonic()

    def end(self) -> None:
        if self._task is not None:
            self.seconds[self._name] = time.monotonic() - self._since
        super().end()


def time_demo(progress: Callable[[str], None] | None = None) -> dict[str, float]:
    """Run the demo in a folder of its own, with all processors: seconds of each phase, and ``all``.

    Frames that an earlier run has drawn are not read.
    """
    began, stages = time.monotonic(), _Timed(progress)
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, WORMDRIVE_FRAMES_GIB="0"), stages:
        out = Path(folder) / "demo"
        run_demo(Demo(recipe("demo"), load_suite("demo"), None, out, processors()), stages)
    return {**stages.seconds, "all": time.monotonic() - began}
