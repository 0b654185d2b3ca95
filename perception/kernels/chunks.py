"""Chunks: frames in groups of fixed size, computed by several threads.

Whoever is free takes the next chunk, and nobody waits in a loop: beside other busy programs, work takes longer by the
share of the processor that they get, and no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

import torch

__all__ = ["CHUNK", "computing_with", "each_chunk"]

CHUNK: Final = 16
"""Frames of a chunk; sums are made within a chunk, then over chunks, so more threads give the same bits."""

Result = TypeVar("Result")

_threads: int | None = None
"""Threads that share chunks; None: as many as torch may use."""

_pools: dict[int, ThreadPoolExecutor] = {}
"""Pools by number of threads. Threads do not live on in a child process, so it begins without any."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)


def each_chunk(count: int, work: Callable[[int, int], Result], size: int = CHUNK) -> Iterable[Result]:
    """Call ``work`` with the first and last frame (exclusive) of every chunk of ``count``; results come in order.

    Frames may as well be cars, or neurons; a chunk has ``size`` of them.
    """
    starts = range(0, count, size)
    threads = min(_threads or torch.get_num_threads(), len(starts))
    ranges = [(start, min(start + size, count)) for start in starts]
    if threads < 2:
        return (work(*frames) for frames in ranges)
    pool = _pools.get(threads) or _pools.setdefault(threads, ThreadPoolExecutor(threads, "convolutions"))
    return pool.map(work, *zip(*ranges, strict=True))


@contextmanager
def computing_with(threads: int) -> Iterator[None]:
    """Let so many threads share chunks for a while, and torch do the rest in one.

    Torch's own threads wait for each other in loops, and its sums depend on their number. What is chunked is nearly
    all of the work, so that one thread for the rest costs little, and bits are the same with any number.
    """
    global _threads
    before, torch_before = _threads, torch.get_num_threads()
    _threads = threads
    torch.set_num_threads(1)
    try:
        yield
    finally:
        _threads = before
        torch.set_num_threads(torch_before)
