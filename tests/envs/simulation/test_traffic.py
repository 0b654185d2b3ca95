from __future__ import annotations

import numpy as np
import pytest

from tests.support.routes import synthetic_route
from wormdrive.agents.expert import Expert
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import CrossSections, Route, Surface
from wormdrive.envs.seasons.art.layout import Sprite
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.cruise_control import DRY_FRICTION, cruise_speed, speed_profile
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import START_M
from wormdrive.envs.simulation.traffic import AWAY, ONCOMING_MPS, Traffic, oncoming_lane
from wormdrive.envs.simulation.vehicle_batch import DT_S

ROUTE = synthetic_route(1)
FRONTS = {Sprite.CAR_FRONT_RED, Sprite.CAR_FRONT_WHITE, Sprite.CAR_FRONT_BLUE}
REARS = {Sprite.CAR_REAR_RED, Sprite.CAR_REAR_WHITE, Sprite.CAR_REAR_BLUE}


def planned(traffic: int, seed: int = 0, season: str = "summer") -> Traffic:
    cars = Traffic(2)
    cars.assign(1, Scenario(traffic=traffic, seed=seed, conditions=Conditions.preset(season)), ROUTE, START_M)
    return cars


def at(traffic: Traffic, steps: np.ndarray) -> np.ndarray:
    found, count = traffic.cars(np.ones(len(steps), np.int32), steps, DT_S)
    assert (count == found.shape[1]).all()
    return found


def test_cars_are_a_function_of_scenario_and_time() -> None:
    steps = np.arange(600)
    one = at(planned(5), steps)
    np.testing.assert_array_equal(one, at(planned(5), steps))
    np.testing.assert_array_equal(one[::-1], at(planned(5), steps[::-1]))
    np.testing.assert_array_equal(one, at(planned(5, season="winter"), steps))
    assert (one != at(planned(5, seed=1), steps)).any()


def test_oncoming_cars_come_and_leading_cars_lead() -> None:
    cars = at(planned(8), np.arange(900))
    for car in range(8):
        station, lateral, sprite = cars[:, car, :3].T
        there = station != AWAY
        speed = np.diff(station)[there[1:] & there[:-1]] / DT_S
        if sprite[0] in FRONTS:
            assert (lateral[there] == 3.5).all()
            onward = speed[np.abs(speed) < 100.0]  # but where it starts anew
            np.testing.assert_allclose(onward, -ONCOMING_MPS, rtol=1e-2)
        else:
            assert sprite[0] in REARS
            assert (lateral == 0.0).all()
            assert ((speed > 2.0) & (speed < 10.1)).all()
            assert station[0] > START_M + 35.0


@pytest.mark.parametrize("seed", range(4))
def test_cars_ahead_keep_five_seconds_and_some(seed: int) -> None:
    """Five to nine seconds to the first and from each to the next, at the cruise control's speed."""
    cars = at(planned(8, seed), np.arange(1))[0]
    speed = cruise_speed(speed_profile(ROUTE), DRY_FRICTION)
    clock = np.concatenate([[0.0], np.cumsum(0.5 / (0.5 * (speed[1:] + speed[:-1])))])
    stations = [START_M, *sorted(float(car[0]) for car in cars if int(car[2]) in REARS)]
    assert len(stations) == 4
    gaps = np.diff(np.interp(stations, 0.5 * np.arange(len(clock)), clock))
    assert (gaps > 4.99).all()
    assert (gaps < 9.01).all()


def test_brake_lights_are_on_where_a_car_ahead_slows_down() -> None:
    curvature = np.where(np.arange(len(ROUTE.x)) // 200 % 2 == 0, 0.0, 0.1)
    bends = Route(**{**ROUTE.__dict__, "curvature": curvature})
    cars = Traffic(2)
    cars.assign(1, Scenario(traffic=2), bends, START_M)
    station, _, sprite, brakes = at(cars, np.arange(1500))[:, 1].T
    assert int(sprite[0]) in REARS
    speed = cruise_speed(speed_profile(bends), DRY_FRICTION)
    i = (station / bends.spacing_m).astype(int)
    there = (i >= 0) & (i + 6 < len(speed))
    i, lit = i[there], brakes[there] == 1.0
    before, after = speed[i] + speed[i + 1], speed[i + 4] + speed[i + 5]
    slower, steady = before > 1.02 * after, before < 1.01 * after
    assert slower.sum() > 50
    assert steady.sum() > 500
    assert lit[slower].all()
    assert not lit[steady].any()


def test_no_cars_no_arrays() -> None:
    cars, count = Traffic(3).cars(np.arange(3, dtype=np.int32), np.zeros(3, np.int64), DT_S)
    assert cars.shape == (3, 0, 4)
    assert count.tolist() == [0, 0, 0]


@pytest.mark.parametrize("season", ["summer", "winter"])
def test_who_keeps_the_lane_meets_no_one(season: str) -> None:
    conditions = Conditions.preset(season)
    sim = EmbeddedSimulator(24, camera=None, find_route=lambda _: ROUTE)
    seen = sim.reset([Scenario(seed=k, traffic=8, route_length_m=500.0, conditions=conditions) for k in range(24)])
    expert = Expert(sim)
    while not seen.end_reason.all():
        seen = sim.step(expert.act(seen))
    assert {END_REASONS[k] for k in seen.end_reason} == {"route_done"}


def test_who_races_into_the_car_ahead_collides() -> None:
    sim = EmbeddedSimulator(1, camera=None, find_route=lambda _: ROUTE)
    seen = sim.reset([Scenario(seed=4, traffic=2, route_length_m=500.0)])
    expert = Expert(sim)
    while not seen.end_reason[0]:
        command = expert.act(seen)
        command[:, 1] = 1.0
        seen = sim.step(command)
    assert END_REASONS[seen.end_reason[0]] == "collision"


def with_lanes(edges: list[float], surface: list[int]) -> Route:
    sections = CrossSections(
        edges=np.array([edges], np.float32),
        surface=np.array([surface], np.uint8),
        **{  # type: ignore[arg-type]
            name: np.zeros((1, 0), np.float32)
            for name in ("mark_offset", "mark_width", "mark_colour", "mark_dash", "mark_period")
        },
    )
    return Route(**{**ROUTE.__dict__, "cross_sections": sections})


def test_oncoming_lane_is_beyond_the_median_and_none_on_a_single_track() -> None:
    lane, median, shoulder = Surface.DRIVING, Surface.MEDIAN, Surface.SHOULDER
    divided = with_lanes([-1.75, 1.75, 5.25, 9.0, 12.5, 16.0], [lane, lane, median, lane, lane])
    assert oncoming_lane(divided)[0] == pytest.approx(14.25)
    left_hand = with_lanes([-5.25, -1.75, 1.75, 3.0], [lane, lane, shoulder])
    assert oncoming_lane(left_hand)[0] == pytest.approx(-3.5)
    single = with_lanes([-3.0, -1.75, 1.75, 3.0], [shoulder, lane, shoulder])
    assert np.isnan(oncoming_lane(single)).all()
    cars = Traffic(1)
    cars.assign(0, Scenario(traffic=1), single, START_M)
    assert cars.cars(np.zeros(1, np.int32), np.zeros(1, np.int64), DT_S)[0][0, 0, 0] == AWAY
