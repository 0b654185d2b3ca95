from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.routes import synthetic_route
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.disturbances import Disturbances
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.side_forces import RUT_WIDTH_M, SideForces, rut_bottom
from wormdrive.envs.simulation.vehicle import GRAVITY, VehicleParameters

DT_S = 1 / 30
MASS_KG = VehicleParameters().mass_kg
STRAIGHT = synthetic_route(0, 400.0, tightest_radius_m=1e9, hills=False)


def force(
    disturbances: dict[str, dict[str, float]], step: np.ndarray, station: np.ndarray, offset: np.ndarray, seed: int = 1
) -> np.ndarray:
    made = SideForces(1, DT_S)
    assert not made.any
    made.assign(0, seed, Disturbances(**disturbances))  # type: ignore[arg-type]
    assert made.any
    return made.newton(np.zeros(len(step), np.int64), step, station, offset, MASS_KG)


def drive(route: Route, disturbances: dict[str, dict[str, float]], steps: int, seed: int = 0, offset: float = 0.0):  # type: ignore[no-untyped-def]
    simulator = EmbeddedSimulator(1, camera=None, find_route=lambda _: route)
    scenario = Scenario(seed=seed, route_length_m=300.0, disturbances=disturbances)  # type: ignore[arg-type]
    seen = simulator.reset([scenario])
    states = [seen.state]
    for _ in range(steps):
        states.append(simulator.step(np.array([[offset, np.nan]])).state)
    return states


def test_steady_wind_does_what_a_bank_of_the_same_force_does() -> None:
    newton = 800.0
    banked = replace(STRAIGHT, bank_rad=np.full(len(STRAIGHT.x), -newton / (MASS_KG * GRAVITY)))
    blown, leaning = drive(STRAIGHT, {"wind": {"steady": newton}}, 60), drive(banked, {}, 60)
    calm = drive(STRAIGHT, {}, 60)
    for one, other in zip(blown, leaning, strict=True):
        np.testing.assert_allclose(one.lateral_offset_m, other.lateral_offset_m, atol=1e-9)
        np.testing.assert_allclose(one.yaw_rate_radps, other.yaw_rate_radps, atol=1e-9)
    assert blown[-1].lateral_offset_m[0] > calm[-1].lateral_offset_m[0] + 0.03, "positive blows to the left"


def test_gusts_come_and_go_within_their_bounds() -> None:
    step = np.arange(30_000)
    blown = force({"wind": {"steady": 100.0, "gust": 300.0}}, step, np.zeros(30_000), np.zeros(30_000)) - 100.0
    assert np.abs(blown).max() <= 300.0
    assert np.abs(blown).max() > 290.0
    assert abs(blown.mean()) < 20.0
    assert np.abs(np.diff(blown)).max() < 600.0 * 1.5 * DT_S + 1e-6
    other = force({"wind": {"gust": 300.0}}, step, np.zeros(30_000), np.zeros(30_000), seed=2)
    assert abs(np.corrcoef(blown, other)[0, 1]) < 0.1


def test_ruts_pull_by_their_slope() -> None:
    station, depth = np.full(201, 40.0), 0.03
    bottom = rut_bottom(np.ones(201, np.uint64), station)
    beside = np.linspace(-0.8, 0.8, 201)
    got = force({"ruts": {"depth_m": depth}}, np.zeros(201, np.int64), station, bottom + beside)

    def height(y: np.ndarray) -> np.ndarray:
        inside = 0.5 * depth * (1.0 - np.cos(2.0 * np.pi * y / RUT_WIDTH_M))
        return np.where(np.abs(y) < 0.5 * RUT_WIDTH_M, inside, depth)

    slope = (height(beside + 1e-5) - height(beside - 1e-5)) / 2e-5
    np.testing.assert_allclose(got, -MASS_KG * GRAVITY * slope, atol=1.0)
    assert (got * beside <= 0.0).all(), "towards the bottom"


def test_a_car_is_drawn_into_the_ruts() -> None:
    ends = []
    for depth in (0.0, 0.1):
        states = drive(STRAIGHT, {"ruts": {"depth_m": depth}} if depth else {}, 240, seed=3)
        beside = [s.lateral_offset_m[0] - rut_bottom(np.full(1, 3, np.uint64), s.station_m)[0] for s in states[60:]]
        ends.append(np.abs(beside).mean())
    assert ends[1] < 0.75 * ends[0]


def test_worlds_do_not_matter_to_each_other() -> None:
    scenarios = [
        Scenario(seed=k, route_length_m=200.0, disturbances={"wind": {"gust": 900.0}, "ruts": {"depth_m": 0.02 * k}})
        for k in range(4)
    ]

    def offsets(chosen: list[int]) -> np.ndarray:
        simulator = EmbeddedSimulator(len(chosen), camera=None, find_route=lambda _: STRAIGHT)
        simulator.reset([scenarios[k] for k in chosen])
        for _ in range(50):
            seen = simulator.step(np.tile([0.0, np.nan], (len(chosen), 1)))
        return seen.state.lateral_offset_m

    together = offsets([0, 1, 2, 3])
    assert offsets([2])[0] == together[2]
    np.testing.assert_array_equal(offsets([3, 1]), together[[3, 1]])
    assert len(set(together.tolist())) == 4


def test_a_world_without_wind_is_calm_again() -> None:
    made = SideForces(2, DT_S)
    made.assign(0, 1, Disturbances(wind={"steady": 5.0}))
    made.assign(1, 1, Disturbances())
    two = np.arange(2)
    np.testing.assert_array_equal(made.newton(two, two, np.zeros(2), np.zeros(2), 1.0), [5.0, 0.0])
    made.assign(0, 1, Disturbances())
    assert not made.any
    assert made.newton(two, two, np.zeros(2), np.zeros(2), 1.0) == pytest.approx(0.0)
