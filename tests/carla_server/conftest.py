"""One server for those tests that leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.carla_server import serving
from wormdrive.carla_server.server import CarlaServer


@pytest.fixture(scope="module")
def server() -> Iterator[CarlaServer]:
    with serving("suburb") as running:
        yield running
