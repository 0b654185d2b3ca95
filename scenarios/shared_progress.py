"""Shared progress: several crews that drive at once tell of their work as one, and stop when one of them is stopped."""

from __future__ import annotations

import threading

from wormdrive.scenarios.drive import Progress

__all__ = ["SharedProgress"]


class _Stopped(Exception):  # noqa: N818 - it is no error, and nobody sees it but the pool
    """A crew was told to stop."""


class SharedProgress:
    """Adds up what ``crews`` tell of ``total`` drives that they share evenly, and tells it on.

    ``of(crew)`` is what a crew tells; after ``stop`` it raises, which ends the crew's drives within some steps.
    """

    def __init__(self, crews: int, total: int, progress: Progress | None) -> None:
        self._total, self._progress = total, progress
        self._done = [0] * crews
        self._shares = [0.0] * crews
        self._drives = [len(range(crew, total, crews)) for crew in range(crews)]
        self._lock = threading.Lock()
        self._stopped = False

    def of(self, crew: int) -> Progress:
        """Return the progress of one crew."""

        def told(done: int, _total: int, share: float) -> None:
            if self._stopped:
                raise _Stopped
            with self._lock:
                self._done[crew], self._shares[crew] = done, share
                whole = sum(part * drives for part, drives in zip(self._shares, self._drives, strict=True))
                if self._progress is not None:
                    self._progress(sum(self._done), self._total, min(1.0, whole / self._total))

        return told

    def stop(self) -> None:
        """Have all crews stop."""
        self._stopped = True
