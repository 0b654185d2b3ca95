"""Ray runner: does the cells that are not done yet on the machines of a Ray cluster, a cell a task.

Workers need Wormdrive, but neither a shared disk nor any state: a task is sent its cell and the results that this
needs, and returns the files of its own; whoever started it writes them down. So a task whose worker dies is given to
another one from the start, by Ray, and a benchmark that was stopped goes on with the cells that are missing.
"""

from __future__ import annotations

import logging
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from wormdrive.benchmark.cell import Cell, in_order
from wormdrive.benchmark.folder_bytes import FolderBytes, read_folder, write_folder
from wormdrive.benchmark.provenance import Provenance
from wormdrive.benchmark.runner import publish
from wormdrive.envs.common.errors import ArgumentError, WormdriveError
from wormdrive.envs.common.extras import needs_extra
from wormdrive.training.progress import Progress, Silent

__all__ = ["run_cells_on_ray"]

_NAMES: Final = ("auto", "local")
_REACHED_WITHIN_S: Final = 5.0
_LOOK_EVERY_S: Final = 1.0
_TASKS_A_SLOT: Final = 2
"""So many are handed to the cluster for each that it can work on: none waits for us, and few for the cluster."""
_RETRIES: Final = 5
"""How often a task may lose its worker, as on machines that are taken away."""


def run_cells_on_ray(
    cells: Iterable[Cell],
    results: Path,
    progress: Progress,
    address: str,
    *,
    threads: int = 1,
    device: str = "cpu",
) -> int:
    """Do what is missing of ``cells`` as Ray tasks; return how many were written by this call.

    Parameters
    ----------
    address:
        Of the cluster, as Ray has it: ``auto`` or ``HOST:PORT`` of its head from one of its machines,
        ``ray://HOST:PORT`` from elsewhere; ``local`` begins one on this machine.
    threads:
        Of a task: so many processors of one machine are set aside for it.
    device:
        ``cuda`` sets a GPU aside for a task, too.

    Raises
    ------
    ArgumentError
        Ray is not installed or the cluster not reached, no machine of it has as many processors, or one of them is of
        another kind than this one or has other versions: the bits would be other ones.
    WormdriveError
        A task failed, or lost its worker too often.
    """
    order = in_order(cells)
    missing = [cell for cell in order if not cell.is_done(results)]
    if not missing:
        return 0
    with _cluster(address) as ray:
        tasks = _Tasks(ray, results, threads, device)
        tasks.require_room(address)
        written, total = 0, len(missing)
        made: list[tuple[Cell, FolderBytes]] = []  # and not written, for somebody else is at the same
        progress.begin("cells on the cluster", total, "cells")
        while missing:
            tasks.submit(missing)
            made += tasks.finished()
            written += sum(publish(cell, results, partial(write_folder, files=files)) for cell, files in made)
            made = [(cell, files) for cell, files in made if not cell.is_done(results)]
            missing = [cell for cell in missing if not cell.is_done(results)]
            progress.advance(total - len(missing), on_the_cluster=tasks.count)
    return written


class _Tasks:
    """Tasks that the cluster has been given."""

    def __init__(self, ray: Any, results: Path, threads: int, device: str) -> None:
        self._ray, self._results = ray, results
        self._wanted = {"CPU": threads, **({"GPU": 1} if device == "cuda" else {})}
        self._remote = ray.remote(num_cpus=threads, num_gpus=self._wanted.get("GPU", 0), max_retries=_RETRIES)(_do)
        self._here = Provenance.here()
        self._given: dict[str, Any] = {}
        self._running: dict[Any, Cell] = {}
        self._begun: set[str] = set()

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self._running)

    def require_room(self, address: str) -> None:
        """Refuse a cluster on which no task could ever begin."""
        if self._room() < 1:
            wanted = ", ".join(f"{kind}={count}" for kind, count in self._wanted.items())
            raise ArgumentError(f"ray={address!r}: no machine of it has {wanted} to set aside for a task")

    def _room(self) -> int:
        """Return how many tasks the cluster can work on at once; machines come and go."""
        held = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        return sum(min(int(node.get(kind, 0)) // count for kind, count in self._wanted.items()) for node in held)

    def submit(self, missing: Sequence[Cell]) -> None:
        """Hand over cells, the first ones first, whose needs are there, as long as there is room."""
        most = _TASKS_A_SLOT * self._room()
        for cell in missing:
            if len(self._running) >= most:
                return
            if cell.name not in self._begun and all(need.is_done(self._results) for need in cell.needs):
                self._begun.add(cell.name)
                needs = [self._result_of(need) for need in cell.needs]
                self._running[self._remote.remote(cell, self._here, *needs)] = cell

    def finished(self) -> Iterator[tuple[Cell, FolderBytes]]:
        """Return the cells whose tasks have ended, with their files; wait a moment if there are none."""
        if not self._running:  # others on the same folder are at what is missing
            time.sleep(_LOOK_EVERY_S)
            return
        ended, _ = self._ray.wait(list(self._running), num_returns=1, timeout=_LOOK_EVERY_S)
        for reference in ended:
            cell = self._running.pop(reference)
            yield cell, self._fetched(cell, reference)

    def _result_of(self, need: Cell) -> Any:
        """Put a result where all workers find it, once."""
        if need.name not in self._given:
            self._given[need.name] = self._ray.put(read_folder(self._results / need.name))
        return self._given[need.name]

    def _fetched(self, cell: Cell, reference: Any) -> FolderBytes:
        errors = self._ray.exceptions
        try:
            files: FolderBytes = self._ray.get(reference)
        except errors.RayTaskError as error:
            if isinstance(error.cause, WormdriveError):
                raise error.cause from None
            raise WormdriveError(f"{cell.label}: failed on the cluster: {error}") from error
        except errors.RayError as error:
            raise WormdriveError(
                f"{cell.label}: given up, its worker was lost {_RETRIES + 1} times: {error}"
            ) from error
        return files


def _do(cell: Cell, wanted: Provenance, *needs: FolderBytes) -> FolderBytes:
    """Do a cell on a worker."""
    here = Provenance.here()
    if here != wanted:
        raise ArgumentError(f"a worker at {socket.gethostname()} is {here}: allowed is what this machine is, {wanted}")
    with tempfile.TemporaryDirectory() as folder:
        results, aside = Path(folder) / "results", Path(folder) / "aside"
        for need, files in zip(cell.needs, needs, strict=True):
            write_folder(results / need.name, files)
        aside.mkdir()
        cell.work(results, aside, Silent())
        return read_folder(aside)


def _connect(ray: Any, address: str) -> None:
    """Connect; a busy cluster may take longer to start a server for its client than Ray waits: it is asked twice."""
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except ConnectionAbortedError:
        ray.shutdown()
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """Connect to a cluster; tasks that are left go when it ends."""
    with needs_extra("ray"):
        ray = import_module("ray")
    _require_reachable(address)
    try:
        with _same_sigterm():
            _connect(ray, address)
    except (OSError, RuntimeError, ValueError, TimeoutError) as error:
        raise ArgumentError(f"ray={address!r}: {' '.join(str(error).split())}") from error
    try:
        with redirect_stdout(sys.stderr):  # Ray tells there of lost machines, between our own lines
            yield ray
    finally:
        ray.shutdown()


@contextmanager
def _same_sigterm() -> Iterator[None]:
    """Let SIGTERM mean afterwards what it means now: Ray would have the process exit without a word."""
    handler = signal.getsignal(signal.SIGTERM)
    yield
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)


def _require_reachable(address: str) -> None:
    """See that somebody listens: Ray itself tries for minutes."""
    if address in _NAMES:
        return
    try:
        place = urlsplit(address if "://" in address else f"//{address}")
        host, port = place.hostname, place.port
    except ValueError:
        host, port = None, None
    if not host or port is None:
        raise ArgumentError(f"ray={address!r}: allowed are {', '.join(_NAMES)}, HOST:PORT and ray://HOST:PORT")
    try:
        socket.create_connection((host, port), timeout=_REACHED_WITHIN_S).close()
    except OSError as error:
        raise ArgumentError(f"ray={address!r}: cannot be reached: {error.strerror or error}") from error
