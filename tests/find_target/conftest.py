"""One thread for all tests of this folder: networks here are small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wormdrive.find_target.learning import FlightRecipe
from wormdrive.perception.kernels.chunks import computing_with


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with computing_with(1):
        yield


@pytest.fixture
def recipe() -> FlightRecipe:
    return FlightRecipe(
        sites=1, demonstrations=2, rounds=1, round_flights=1, steps=3, round_steps=1, batch=3, window=4, worlds=2
    )
