"""Servers for the client's tests: of our own, each a process, started once for a file; or those that are named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.support.carla_server import ServerProcess

PORTS = [int(port) for port in os.environ.get("WORMDRIVE_CARLA_PORTS", "").split(",") if port]


@contextmanager
def started(number: int) -> Iterator[ServerProcess | SimpleNamespace]:
    if PORTS:
        yield SimpleNamespace(port=PORTS[number])
        return
    with ServerProcess(map="country_loop") as server:
        yield server


@pytest.fixture(scope="session")
def server() -> Iterator[ServerProcess | SimpleNamespace]:
    with started(0) as one:
        yield one


@pytest.fixture(scope="session")
def second() -> Iterator[ServerProcess | SimpleNamespace]:
    with started(1) as one:
        yield one
