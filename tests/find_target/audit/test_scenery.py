from __future__ import annotations

from dataclasses import replace

import numpy as np

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.find_target.audit.scenery import POSE, flight_scenery, under_scenery


def test_scenery_leaves_the_flight_as_it_is() -> None:
    flight = FlightScenario(seed=3, colour="blue", distance_m=12.0)
    width = flight_scenery().numbers[POSE].stop
    other = under_scenery(flight, np.full(width, 0.99))
    assert other.art_seed == 2
    assert other.conditions.season.name == "spring"
    assert replace(other, conditions=flight.conditions, art_seed=flight.art_seed) == flight


def test_each_part_changes_something_of_its_own() -> None:
    numbers = flight_scenery().numbers
    base = np.full(numbers[POSE].stop, 0.1)
    found = set()
    for part in flight_scenery().parts:
        sample = base.copy()
        sample[numbers[part]] = 0.9
        found.add(under_scenery(FlightScenario(), sample))
    assert len(found) == len(flight_scenery().parts)
    assert under_scenery(FlightScenario(), base) not in found
