"""Stopwatch: rates of several things, measured in turn so that a busy moment of the machine hurts them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping

__all__ = ["Chunk", "compare"]

Chunk = Callable[[], tuple[int, float]]
"""Does some work; returns how many frames or steps it did and how many seconds they took."""


def compare(
    chunks: Mapping[str, Chunk], *, seconds: float, rounds: int, progress: Callable[[str], None] | None = None
) -> dict[str, float]:
    """Measure rates [1/s]: the median over rounds, in each of which every chunk repeats for some seconds.

    A first round warms up (compiles, bakes, loads) and is not counted.
    """
    rates: dict[str, list[float]] = {name: [] for name in chunks}
    for turn in range(rounds + 1):
        for name, chunk in chunks.items():
            if progress is not None:
                progress(f"{name}: {'warming up' if not turn else f'round {turn} of {rounds}'}")
            rate = _rate(chunk, seconds if turn else 0.0)
            if turn:
                rates[name].append(rate)
    return {name: statistics.median(found) for name, found in rates.items()}


def _rate(chunk: Chunk, seconds: float) -> float:
    done, took = 0, 0.0
    began = time.perf_counter()
    for count, spent in _repeat(chunk):
        done += count
        took += spent
        if time.perf_counter() - began >= seconds:
            break
    return done / max(took, 1e-9)


def _repeat(chunk: Chunk) -> Iterable[tuple[int, float]]:
    while True:
        yield chunk()
