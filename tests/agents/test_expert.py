from __future__ import annotations

import numpy as np
import pytest

from tests.support.routes import synthetic_route
from wormdrive.agents.driver import Driver
from wormdrive.agents.expert import Expert
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads import BUILTIN_MAPS
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

LOOKS = (("summer", "day"), ("spring", "day"), ("autumn", "day"), ("winter", "day"), ("winter", "snowfall"))
ROUTES = 8


@pytest.mark.slow
@pytest.mark.parametrize("road_map", BUILTIN_MAPS)
def test_keeps_its_lane_on_every_map_in_every_season(road_map: str) -> None:
    """Within 0.3 m in dry seasons, the start disturbance (up to 0.3 m, 0.03 rad) included; in winter on the road."""
    scenarios = [
        Scenario(map=road_map, conditions=Conditions.preset(*look), route_seed=k, seed=100 + k, route_length_m=500.0)
        for look in LOOKS
        for k in range(ROUTES)
    ]
    sim = EmbeddedSimulator(len(scenarios), camera=None)
    expert: Driver = Expert(sim)
    seen = sim.reset(scenarios)
    expert.reset(np.ones(len(scenarios), np.bool_))
    worst = np.abs(seen.state.lateral_offset_m)
    while not seen.end_reason.all():
        seen = sim.step(expert.act(seen))
        worst = np.maximum(worst, np.abs(seen.state.lateral_offset_m))
    assert {END_REASONS[k] for k in seen.end_reason} == {"route_done"}
    by_look = dict(zip(LOOKS, worst.reshape(len(LOOKS), ROUTES).max(axis=1), strict=True))
    for look in LOOKS[:3]:
        assert by_look[look] <= 0.3, by_look
    assert max(by_look.values()) <= 0.6, by_look


@pytest.mark.parametrize(("offset", "heading"), [(1.4, 0.0), (-1.4, 0.0), (0.8, 0.1), (-0.8, -0.1)])
def test_comes_back_to_the_middle_without_swinging_over(offset: float, heading: float) -> None:
    route = synthetic_route(2)
    sim = EmbeddedSimulator(1, camera=None, find_route=lambda _: route)
    expert = Expert(sim)
    seen = sim.reset([Scenario()])
    state = sim._batch.state
    turned = route.heading_rad[10]
    state[0, 0] = route.x[10] - offset * np.sin(turned)
    state[1, 0] = route.y[10] + offset * np.cos(turned)
    state[2, 0] = turned + heading
    seen = sim.step(np.array([[0.0, np.nan]]))
    offsets = []
    for _ in range(150):
        seen = sim.step(expert.act(seen))
        offsets.append(float(seen.state.lateral_offset_m[0]) * np.sign(offset))
    assert seen.end_reason[0] == 0
    assert min(offsets) > -0.15
    assert abs(offsets[-1]) < 0.05


def test_the_label_is_the_curvature_that_the_command_steers() -> None:
    route = synthetic_route(2)
    sim = EmbeddedSimulator(3, camera=None, find_route=lambda _: route)
    expert = Expert(sim)
    seen = sim.reset([Scenario(seed=k) for k in range(3)])
    for _ in range(50):
        command, label = expert.act(seen), expert.curvature(seen)
        assert np.isnan(command[:, 1]).all()
        np.testing.assert_array_equal(
            command[:, 0], steer_for_curvature(label, seen.state.speed_mps, VehicleParameters())
        )
        seen = sim.step(command)
    np.testing.assert_allclose(label, seen.state.curvature, atol=0.01)


def test_follows_the_routes_of_worlds_that_are_reset() -> None:
    """An expert that has driven elsewhere commands what a fresh one does."""
    sim = EmbeddedSimulator(2, camera=None, find_route=lambda s: synthetic_route(s.route_seed, 300.0 + 50 * s.seed))
    old = Expert(sim)
    old.act(sim.reset([Scenario(route_seed=1), Scenario(route_seed=2)]))
    seen = sim.reset([Scenario(route_seed=3, seed=3), Scenario()], np.array([True, False]))
    for _ in range(100):
        np.testing.assert_array_equal(old.act(seen), Expert(sim).act(seen))
        seen = sim.step(old.act(seen))
