from __future__ import annotations

from wormdrive.bench.find_target import SITES, sample_flights
from wormdrive.envs.find_target.targets import TARGETS


def test_flights_are_spread_over_sites_seasons_weathers_and_targets_and_always_the_same() -> None:
    flights = sample_flights(64)
    assert {flight.site for flight in flights} == set(range(SITES))
    assert {flight.target for flight in flights} == set(TARGETS)
    assert len({flight.conditions.model_dump_json() for flight in flights}) == 24
    assert (flights[0].distance_m, flights[-1].distance_m) == (10.0, 40.0)
    assert flights == sample_flights(64)
