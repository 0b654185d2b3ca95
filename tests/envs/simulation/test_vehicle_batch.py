from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.routes import synthetic_route
from wormdrive.envs.common.errors import ArgumentError, SimulatorError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation import vehicle_batch_kernel as kernel
from wormdrive.envs.simulation import vehicle_kernel as vehicle
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.road_table import RoadTable
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import END_MARGIN_M, START_M

ROUTES = [synthetic_route(seed) for seed in range(5)]
STRAIGHT_ON = np.array([[0.0, np.nan]])


def find(scenario: Scenario) -> Route:
    return ROUTES[scenario.route_seed % len(ROUTES)]


def simulator(worlds: int, threads: int = 1) -> EmbeddedSimulator:
    return EmbeddedSimulator(worlds, camera=None, find_route=find, threads=threads)


def scenarios(count: int, **fields: object) -> list[Scenario]:
    return [Scenario(route_seed=k % 7, seed=k, **fields) for k in range(count)]  # type: ignore[arg-type]


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 4),
    station=st.floats(1.0, 700.0),
    offset=st.floats(-6.0, 6.0),
    stale=st.floats(-8.0, 8.0),
    turn=st.floats(-7.0, 7.0),
)
def test_projection_finds_the_point_it_was_made_from(
    seed: int, station: float, offset: float, stale: float, turn: float
) -> None:
    """Points beside the route, made by integrating its curvature finely, with the search beginning somewhere near."""
    route = ROUTES[seed]
    i = int(station / route.spacing_m)
    rest = station - i * route.spacing_m
    slope = (route.curvature[i + 1] - route.curvature[i]) / route.spacing_m
    t = (np.arange(2000) + 0.5) / 2000 * rest
    heading = route.heading_rad[i] + route.curvature[i] * t + 0.5 * slope * t * t
    at = route.heading_rad[i] + route.curvature[i] * rest + 0.5 * slope * rest * rest
    x = route.x[i] + np.cos(heading).sum() * rest / 2000 - offset * math.sin(at)
    y = route.y[i] + np.sin(heading).sum() * rest / 2000 + offset * math.cos(at)
    roads = RoadTable(1)
    roads.assign({0: route})
    state = np.zeros((kernel.STATES, 1))
    state[[vehicle.X, vehicle.Y, vehicle.PSI, kernel.STATION], 0] = x, y, at + turn, max(0.0, station + stale)
    kernel.project(np.array([0]), state, roads.points, roads.first, roads.count)
    assert state[kernel.STATION, 0] == pytest.approx(station, abs=2e-3)
    # an arc stands for the clothoid between two samples: 0.18 mm at 6 m beside it, where the curvature changes fastest
    assert state[kernel.OFFSET, 0] == pytest.approx(offset, abs=2e-4)
    wrapped = (turn + math.pi) % (2.0 * math.pi) - math.pi
    difference = abs(state[kernel.HEADING_ERROR, 0] - wrapped)
    assert min(difference, 2.0 * math.pi - difference) < 1e-3
    assert -math.pi <= state[kernel.HEADING_ERROR, 0] <= math.pi
    curvature = np.interp(station, np.arange(len(route.x)) * route.spacing_m, route.curvature)
    assert state[kernel.CURVE, 0] == pytest.approx(curvature, abs=1e-5)


def test_elevation_follows_hills_and_bank() -> None:
    flat = synthetic_route(0)
    route = Route(**{**flat.__dict__, "bank_rad": np.full(len(flat.x), 0.1)})
    roads = RoadTable(1)
    roads.assign({0: route})
    i = 200
    state = np.zeros((kernel.STATES, 1))
    state[vehicle.X, 0] = route.x[i] - 2.0 * math.sin(route.heading_rad[i])
    state[vehicle.Y, 0] = route.y[i] + 2.0 * math.cos(route.heading_rad[i])
    state[kernel.STATION, 0] = 100.0
    kernel.project(np.array([0]), state, roads.points, roads.first, roads.count)
    assert state[kernel.ELEVATION, 0] == pytest.approx(route.z[i] + 2.0 * 0.1, abs=1e-4)


def straight(grade: float = 0.0, bank: float = 0.0) -> Route:
    flat = synthetic_route(0)
    s = np.arange(len(flat.x)) * flat.spacing_m
    zero = np.zeros(len(s))
    shape = {"x": s, "y": zero, "z": grade * s, "heading_rad": zero, "curvature": zero, "bank_rad": zero + bank}
    return Route(**{**flat.__dict__, **shape})


def test_slopes_slow_the_car_and_the_cruise_control_holds_against_them() -> None:
    routes = [straight(), straight(grade=0.1), straight(grade=-0.1)]
    sim = EmbeddedSimulator(6, camera=None, find_route=lambda scenario: routes[scenario.route_seed])
    seen = sim.reset([Scenario(route_seed=k % 3) for k in range(6)])
    for _ in range(60):
        seen = sim.step(np.array([[0.0, 0.0]] * 3 + [[0.0, np.nan]] * 3))
    level, up, down = seen.state.speed_mps[:3]
    assert up - level == pytest.approx(-0.1 * 9.81 * 2.0, abs=0.15)
    assert down - level == pytest.approx(0.1 * 9.81 * 2.0, abs=0.15)
    assert np.ptp(seen.state.speed_mps[3:]) < 0.05
    assert seen.state.z_m[4] == pytest.approx(0.1 * seen.state.station_m[4], abs=1e-6)


def test_a_wall_pulls_no_harder_than_the_steepest_road() -> None:
    """Drawn roads may have any slope and bank: more than 15 % of either is driven as 15 %."""
    routes = [straight(0.15), straight(0.8), straight(-0.15), straight(-0.8), straight(0.0, 0.15), straight(0.0, 2.0)]
    sim = EmbeddedSimulator(6, camera=None, find_route=lambda scenario: routes[scenario.route_seed])
    seen = sim.reset([Scenario(route_seed=k) for k in range(6)])
    for _ in range(20):
        seen = sim.step(np.zeros((6, 2)))
    speed, aside = seen.state.speed_mps, seen.state.y_m
    assert speed[0] == speed[1] < speed[4] < speed[2] == speed[3]
    assert aside[4] == aside[5] < aside[0] - 0.03


def test_a_banked_road_pulls_the_car_to_its_lower_side() -> None:
    routes = [straight(bank=0.06), straight(bank=-0.06)]
    sim = EmbeddedSimulator(2, camera=None, find_route=lambda scenario: routes[scenario.route_seed])
    start = sim.reset([Scenario(route_seed=0), Scenario(route_seed=1)]).state
    seen = sim.step(np.zeros((2, 2)))
    for _ in range(60):
        seen = sim.step(np.zeros((2, 2)))
    free = start.lateral_offset_m + np.sin(start.heading_error_rad) * (seen.state.station_m - start.station_m)
    drift = seen.state.lateral_offset_m - free
    assert drift[0] < -0.05 < 0.05 < drift[1]


def test_leaving_the_lane_ends_the_episode_at_the_step_in_which_it_happens() -> None:
    sim = simulator(2)
    sim.reset(scenarios(2))
    for _ in range(300):
        seen = sim.step(np.array([[0.15, np.nan], [-0.15, np.nan]]))
        offset = seen.state.lateral_offset_m
        np.testing.assert_array_equal(seen.end_reason != 0, np.abs(offset) > 1.75)
        if (seen.end_reason != 0).all():
            break
    assert [END_REASONS[k] for k in seen.end_reason] == ["lane_departure"] * 2
    assert offset[0] < -1.75 < 1.75 < offset[1]


def test_ended_worlds_stand_still_until_reset() -> None:
    sim = simulator(2)
    sim.reset(scenarios(2))
    command = np.array([[1.0, np.nan], [0.0, np.nan]])
    for _ in range(60):
        before = sim.step(command)
    assert END_REASONS[before.end_reason[0]] == "lane_departure"
    assert before.end_reason[1] == 0
    steps = sim.step_index
    after = sim.step(command)
    assert after.state.x_m[0] == before.state.x_m[0]
    assert after.state.x_m[1] != before.state.x_m[1]
    assert sim.step_index.tolist() == [steps[0], steps[1] + 1]
    again = sim.reset(scenarios(2), np.array([True, False]))
    assert again.end_reason.tolist() == [0, 0]
    assert again.state.station_m[0] == pytest.approx(START_M, abs=0.1)
    assert again.state.x_m[1] == after.state.x_m[1]
    assert sim.step_index.tolist() == [0, steps[1] + 1]


def test_the_route_is_done_after_the_length_asked_for() -> None:
    sim = simulator(1)
    seen = sim.reset([Scenario(route_length_m=20.0)])
    while not seen.end_reason[0]:
        assert seen.state.station_m[0] < START_M + 20.0
        seen = sim.step(STRAIGHT_ON)
    assert END_REASONS[seen.end_reason[0]] == "route_done"


def test_a_route_that_ends_early_is_done_before_its_end() -> None:
    short = synthetic_route(0, length_m=60.0)
    sim = EmbeddedSimulator(1, camera=None, find_route=lambda _: short)
    seen = sim.reset([Scenario(route_length_m=500.0)])
    while not seen.end_reason[0]:
        seen = sim.step(STRAIGHT_ON)
    assert END_REASONS[seen.end_reason[0]] == "route_done"
    assert 0.0 <= seen.state.station_m[0] - (60.0 - END_MARGIN_M) < 0.5


@pytest.mark.parametrize(("limit_s", "steps"), [(1.0, 30), (0.01, 1), (None, 150)])
def test_time_runs_out(limit_s: float | None, steps: int) -> None:
    sim = simulator(1)
    seen = sim.reset([Scenario(route_length_m=20.0, time_limit_s=limit_s)])
    while not seen.end_reason[0]:
        seen = sim.step(np.array([[0.0, -1.0]]))
    assert END_REASONS[seen.end_reason[0]] == "time_limit"
    assert sim.step_index[0] == steps


@pytest.mark.parametrize(("grip", "radius_m"), [(1.0, 5.4), (0.25, 5.4), (1.0, 400.0)])
def test_a_tight_route_gets_the_time_that_it_takes(grip: float, radius_m: float) -> None:
    """A roundabout is driven at 2.5 to 4 m/s, as the cruise control plans it, and to its end."""
    angle = np.arange(801) * 0.5 / radius_m
    flat = synthetic_route(0, length_m=400.0)
    circle = replace(
        flat,
        x=radius_m * np.sin(angle),
        y=radius_m * (1.0 - np.cos(angle)),
        heading_rad=angle,
        curvature=np.full(801, 1.0 / radius_m),
        bank_rad=np.zeros(801),
        z=np.zeros(801),
        left_m=np.full(801, 50.0),
        right_m=np.full(801, 50.0),
        speed_limit_mps=np.full(801, np.inf),
    )
    sim = EmbeddedSimulator(1, camera=None, find_route=lambda _: circle)
    conditions = Conditions.preset("summer", "day").replace(season={"road_friction": grip})
    seen = sim.reset([Scenario(route_length_m=300.0, conditions=conditions)])
    while not seen.end_reason[0]:
        back = 0.1 * seen.state.lateral_offset_m[0] + 0.5 * seen.state.heading_error_rad[0]
        steer_rad = math.atan(2.8 / radius_m) - back
        seen = sim.step(np.array([[np.clip(-2.0 * steer_rad, -1.0, 1.0), np.nan]]))
    assert END_REASONS[seen.end_reason[0]] == "route_done"


def test_start_is_disturbed_by_the_seed_alone() -> None:
    sim = simulator(4)
    seeds = [0, 0, 1, 2]
    start = sim.reset([Scenario(seed=seed) for seed in seeds]).state
    assert start.lateral_offset_m[0] == start.lateral_offset_m[1]
    assert len(set(start.lateral_offset_m.tolist())) == 3
    assert (np.abs(start.lateral_offset_m) < 0.31).all()
    assert (np.abs(start.heading_error_rad) < 0.04).all()


def drive(worlds: list[int], threads: int) -> list[bytes]:
    """All states of some of 700 scenarios, driven 40 steps with commands of their own."""
    all_scenarios = scenarios(700, route_length_m=200.0)
    sim = simulator(len(worlds), threads)
    seen = sim.reset([all_scenarios[k] for k in worlds])
    rng = np.random.default_rng(5)
    trail = []
    for _ in range(40):
        command = rng.uniform(-0.2, 0.2, (700, 2))
        command[::2, 1] = np.nan
        seen = sim.step(command[worlds])
        trail.append(np.stack([getattr(seen.state, name) for name in sorted(vars(seen.state))]))
    sim.close()
    return [np.stack(trail)[:, :, k].tobytes() for k in range(len(worlds))]


def test_bits_depend_neither_on_the_batch_nor_on_threads() -> None:
    together = drive(list(range(700)), threads=1)
    assert drive(list(range(700)), threads=3) == together
    for world in (0, 13, 699):
        assert drive([world], threads=1) == [together[world]]


def test_many_resets_keep_the_road_table_small_and_true() -> None:
    """Slots move from route to route in random order; what a slot holds is always its route."""
    roads = RoadTable(6)
    routes = [synthetic_route(k, length_m=100.0 + 20.0 * k) for k in range(12)]
    rng = np.random.default_rng(0)
    for _ in range(300):
        slots = rng.permutation(6)[: rng.integers(1, 4)]
        roads.assign({int(slot): routes[int(rng.integers(12))] for slot in slots})
        for slot, route in enumerate(roads.routes):
            if route is not None:
                held = roads.points[roads.first[slot] : roads.first[slot] + roads.count[slot]]
                np.testing.assert_array_equal(held[:, 0], route.x)
                np.testing.assert_array_equal(held[:, 7], route.right_m)
        assert len(roads.points) <= 2 * 7 * max(len(route.x) for route in routes)


def test_errors_name_what_is_allowed() -> None:
    with pytest.raises(ArgumentError, match=r"worlds=0: allowed"):
        EmbeddedSimulator(0)
    with pytest.raises(ArgumentError, match="threads=-1"):
        EmbeddedSimulator(1, threads=-1)
    with pytest.raises(ArgumentError, match="camera=None"):
        EmbeddedSimulator(1, camera=None, depth=True)
    sim = simulator(2)
    with pytest.raises(SimulatorError, match="reset"):
        sim.step(np.zeros((2, 2)))
    with pytest.raises(SimulatorError, match="reset"):
        _ = sim.routes
    with pytest.raises(SimulatorError, match="world 1"):
        sim.reset(scenarios(2), np.array([True, False]))
    with pytest.raises(ArgumentError, match="got 3, allowed are 2"):
        sim.reset(scenarios(3))
    sim.reset(scenarios(2))
    with pytest.raises(ArgumentError, match=r"allowed is \(2, 2\)"):
        sim.step(np.zeros((2, 1)))
    with pytest.raises(ArgumentError, match="NaN"):
        sim.step(np.full((2, 2), np.nan))
    with pytest.raises(ArgumentError, match="mask"):
        sim.reset(scenarios(2), np.array([True]))
    sim.close()
    sim.close()
    with pytest.raises(SimulatorError, match="closed"):
        sim.step(np.zeros((2, 2)))
