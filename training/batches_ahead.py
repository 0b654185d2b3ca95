"""Batches ahead: the next step's batch is made while this step is learnt, where there is a thread to spare.

What a step learns from is a function of its number, so that it does not matter when it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor

from wormdrive.perception.kernels.chunks import sharing_threads
from wormdrive.training.sequence_sampler import Batch

__all__ = ["BatchesAhead"]

Make = Callable[[int], Batch]


class BatchesAhead:
    """At most one batch ahead."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._ahead: tuple[tuple[Hashable, int], Future[Batch]] | None = None

    def take(self, of: Hashable, make: Make, step: int, steps: int) -> Batch:
        """Return ``make(step)``, made already or now, and begin with the step after it, if it is one of ``steps``.

        ``of`` says what the steps are of: a batch that was made of something else is not taken.
        """
        ahead, self._ahead = self._ahead, None
        batch = ahead[1].result() if ahead is not None and ahead[0] == (of, step) else make(step)
        if sharing_threads() > 1 and step + 1 < steps:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, "wormdrive-batches")
            self._ahead = (of, step + 1), self._pool.submit(make, step + 1)
        return batch
