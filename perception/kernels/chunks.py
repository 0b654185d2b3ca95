"""Chunks: frames in groups of fixed size, computed by as many threads as torch may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import torch

__all__ = ["CHUNK", "each_chunk"]

CHUNK: Final = 16
"""Frames of a chunk; sums are made within a chunk, then over chunks, so more threads give the same bits."""

Result = TypeVar("Result")

_pools: dict[int, ThreadPoolExecutor] = {}
"""Pools by number of threads. Threads do not live on in a child process, so it begins without any."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pools.clear)


def each_chunk(count: int, work: Callable[[int, int], Result]) -> Iterable[Result]:
    """Call ``work`` with the first and last frame (exclusive) of every chunk of ``count``; results come in order."""
    starts = range(0, count, CHUNK)
    threads = min(torch.get_num_threads(), len(starts))
    ranges = [(start, min(start + CHUNK, count)) for start in starts]
    if threads < 2:
        return (work(*frames) for frames in ranges)
    pool = _pools.get(threads) or _pools.setdefault(threads, ThreadPoolExecutor(threads, "convolutions"))
    return pool.map(work, *zip(*ranges, strict=True))
