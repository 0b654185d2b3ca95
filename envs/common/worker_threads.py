"""Worker threads: a pool of threads whose owner can be copied and pickled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

__all__ = ["WorkerThreads"]


class WorkerThreads(ThreadPoolExecutor):
    """A ``ThreadPoolExecutor``; a copy of it, also in another process, has as many threads of its own and no work yet.

    Parameters
    ----------
    count:
        How many threads.
    name:
        What their names begin with.
    """

    def __init__(self, count: int, name: str) -> None:
        super().__init__(count, name)
        self._again = count, name

    def __reduce__(self) -> tuple[type[WorkerThreads], tuple[int, str]]:
        return WorkerThreads, self._again
