from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wormdrive.envs.find_target.scenario import FlightScenario
from wormdrive.envs.find_target.wood_camera import WoodCamera
from wormdrive.envs.find_target.worlds import END_REASONS, FlightWorlds
from wormdrive.find_target.flights import ExpertPilot, PolicyPilot, fly
from wormdrive.find_target.policy import FlightPolicy

SHORT = FlightScenario(seed=4, target="box", distance_m=6.0, time_limit_s=8.0)


def test_flights_come_in_the_order_of_their_scenarios_in_however_many_waves() -> None:
    scenarios = [replace(SHORT, time_limit_s=limit) for limit in (0.3, 0.5, 0.2)]
    told: list[int] = []
    flights = fly(FlightWorlds(2, WoodCamera(48, 32)), scenarios, ExpertPilot(), told=told.append)
    assert [flight.time_s for flight in flights] == pytest.approx([0.3, 0.5, 0.2])
    assert [END_REASONS[flight.end_reason] for flight in flights] == ["time_limit"] * 3
    assert told[-1] == 3
    assert flights[0].frames.size == 0


def test_what_is_kept_is_what_the_expert_saw_and_did() -> None:
    worlds = FlightWorlds(1, WoodCamera(48, 32))
    (flight,) = fly(worlds, [SHORT], ExpertPilot(), keep=True)
    assert END_REASONS[flight.end_reason] == "found"
    steps = round(flight.time_s / 0.1)
    assert flight.frames.shape == (steps, 32, 48, 3)
    assert flight.expert.shape == (steps, 4)
    assert (flight.counts == 1.0).all()
    np.testing.assert_allclose(flight.action, flight.expert, atol=1e-6)
    np.testing.assert_array_equal(flight.to_target_m[1:] < flight.to_target_m[:-1], True)
    np.testing.assert_allclose(
        np.hypot(*np.diff(flight.position[:, :2], axis=0).T), 0.1 * flight.rates[1:, 0], atol=0.03
    )
    assert flight.scenario is SHORT
    seen = worlds.reset([SHORT])
    for k in range(steps):
        assert (seen.camera[0] == flight.frames[k]).all()
        seen = worlds.step(flight.expert[k : k + 1].astype(np.float64))


def test_gusts_push_the_expert_but_not_its_advice() -> None:
    worlds = FlightWorlds(1, WoodCamera(48, 32))
    scenario = replace(SHORT, distance_m=10.0, time_limit_s=2.0)
    (calm,) = fly(worlds, [scenario], ExpertPilot(), keep=True)
    (shaken,) = fly(worlds, [scenario], ExpertPilot(shaken_seed=1), keep=True)
    (again,) = fly(worlds, [scenario], ExpertPilot(shaken_seed=1), keep=True)
    assert (shaken.expert[0] == calm.expert[0]).all()
    assert np.abs(shaken.expert[10:15] - calm.expert[10:15]).max() > 0.05
    assert (shaken.frames == again.frames).all()


def test_a_policy_flies_from_pictures_with_its_memory() -> None:
    worlds = FlightWorlds(2, WoodCamera())
    scenarios = [replace(SHORT, time_limit_s=0.3), replace(SHORT, seed=5, time_limit_s=0.6)]
    pilot = PolicyPilot(FlightPolicy("lstm").eval())
    first, again = (fly(worlds, scenarios, pilot, keep=True) for _ in range(2))
    assert [len(flight.frames) for flight in first] == [3, 6]
    assert all((a.frames == b.frames).all() for a, b in zip(first, again, strict=True))
