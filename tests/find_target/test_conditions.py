from __future__ import annotations

import pytest

from wormdrive.find_target.conditions import TEST_CONDITIONS
from wormdrive.find_target.learning import FlightRecipe, drawn


@pytest.mark.parametrize("name", TEST_CONDITIONS)
def test_a_condition_changes_one_thing(name: str) -> None:
    for flight in drawn(FlightRecipe(), 5, 0):
        changed = TEST_CONDITIONS[name](flight)
        differing = [key for key, value in vars(changed).items() if value != getattr(flight, key)]
        assert len(differing) == (0 if name == "summer" else 1), differing


def test_farther_is_farther_than_ever_trained() -> None:
    flights = drawn(FlightRecipe(), 200, 0)
    farther = [TEST_CONDITIONS["farther"](flight).distance_m for flight in flights]
    assert min(farther) >= 30.0 > max(flight.distance_m for flight in flights)
    assert max(farther) <= 40.0
