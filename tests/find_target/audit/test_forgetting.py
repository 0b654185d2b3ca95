from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.find_target.flight_episode import FlightEpisode
from wormdrive.find_target.audit.forgetting import forgetting
from wormdrive.find_target.cores import CORES
from wormdrive.find_target.policy import FlightPolicy


@pytest.mark.parametrize("kind", [kind for kind in CORES if kind != "cnn"])
def test_what_has_a_memory_forgets_a_wrong_one(kind: str, flights: list[FlightEpisode]) -> None:
    found = forgetting(FlightPolicy(kind).eval(), flights)
    assert len(found.flights) == len(flights)
    for one, flight in zip(found.flights, flights, strict=True):
        assert one.state[0] == 1.0
        assert one.state[-1] < 1.0
        assert len(one.state) == len(flight) - len(flight) // 2 + 1
    assert found.to_json()["memory"]
    assert found.to_json()["yaw_apart_at_once"] > 0.0
    again = forgetting(FlightPolicy(kind).eval(), flights)
    assert all(np.array_equal(a.state, b.state) for a, b in zip(found.flights, again.flights, strict=True))


def test_what_has_none_has_forgotten_at_once(flights: list[FlightEpisode]) -> None:
    found = forgetting(FlightPolicy("cnn").eval(), flights)
    assert found.to_json() == {
        "memory": False, "half_life_s": 0.0, "last_percent_s": 0.0, "yaw_apart_at_once": 0.0
    }  # fmt: skip
