"""How long a map of CARLA's largest size takes: to be read, and from nothing to the first reset on it."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wormdrive.bench.large_map import large_map
from wormdrive.envs.roads import read_map

__all__ = ["BARS", "TOWNS", "bench_map"]

TOWNS: Final = 56
"""So many make 50 MB and 8,900 roads."""
BARS: Final = {"read_s": 5.0, "first_reset_s": 8.0}
"""What is wanted at most, of ``TOWNS``."""
_FIRST_RESET: Final = """
import sys
import gymnasium
import wormdrive
gymnasium.make("wormdrive/LaneKeeping-v0", map=sys.argv[1]).reset(seed=0)
"""


def bench_map(
    *, towns: int = TOWNS, rounds: int = 5, progress: Callable[[str], None] | None = None
) -> dict[str, float | int]:
    """Measure the time that a large map takes; medians over rounds.

    Returns
    -------
    dict
        ``read_s``; ``first_reset_s``, from the start of a new process, kernels compiled before, to the first
        observation of ``wormdrive/LaneKeeping-v0``; ``megabytes`` and ``roads`` of the map.
    """
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.xodr", Path(folder) / "large.xodr"
        small.write_text(large_map(1), encoding="utf-8")
        large.write_text(large_map(towns), encoding="utf-8")
        _first_reset(small)  # compiles and bakes where that was not done before
        reads, resets = [], []
        for turn in range(1, rounds + 1):
            if progress is not None:
                progress(f"map: round {turn} of {rounds}")
            reads.append(_read(large))
            resets.append(_first_reset(large))
        return {
            "read_s": statistics.median(reads),
            "first_reset_s": statistics.median(resets),
            "megabytes": large.stat().st_size / 1e6,
            "roads": len(read_map(large).roads),
        }


def _read(path: Path) -> float:
    began = time.perf_counter()
    read_map(path)
    return time.perf_counter() - began


def _first_reset(path: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", _FIRST_RESET, str(path)], check=True)  # noqa: S603  (our own words)
    return time.perf_counter() - began
