from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.roads.route import Route
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.scenario_routes import route_of
from wormdrive.envs.simulation.vehicle import VehicleParameters
from wormdrive.envs.simulation.wheel_departure import lane_half_widths, tyre_reach, wheel_beyond

CAR = VehicleParameters(front_m=1.2, rear_m=1.4, width_m=1.8)
REACH = tyre_reach(CAR)

offsets, headings, curvatures = st.floats(-2.0, 2.0), st.floats(-0.5, 0.5), st.floats(-0.1, 0.1)
widths = st.floats(1.0, 3.0)


def beyond(offset: float, heading: float, curvature: float, left: float = 1.75, right: float = 1.75) -> float:
    given = (np.array([value]) for value in (offset, heading, curvature, left, right))
    return float(wheel_beyond(*given, REACH)[0])


@pytest.mark.parametrize(
    ("offset", "heading", "curvature", "expected"),
    [
        (0.0, 0.0, 0.0, 0.9 - 1.75),
        (0.85, 0.0, 0.0, 0.0),
        (-0.95, 0.0, 0.0, 0.1),
        # turned by 0.1 to the left: on the left the front axle's tyre is outermost, on the right the rear axle's
        (0.5, 0.1, 0.0, 0.5 + 1.2 * math.sin(0.1) + 0.9 * math.cos(0.1) - 1.75),
        (-0.5, 0.1, 0.0, 0.5 + 1.4 * math.sin(0.1) + 0.9 * math.cos(0.1) - 1.75),
        # in a left bend of 20 m both axles lie outside of the arc through the middle, the rear one farther
        (0.0, 0.0, 0.05, math.hypot(20.9, 1.4) - 20.0 - 1.75),
        (0.0, 0.0, -0.05, math.hypot(20.9, 1.4) - 20.0 - 1.75),
    ],
)
def test_by_hand(offset: float, heading: float, curvature: float, expected: float) -> None:
    assert beyond(offset, heading, curvature) == pytest.approx(expected, abs=1e-9)


@given(offsets, headings, curvatures, widths, widths)
def test_it_is_the_distance_of_the_outermost_tyre_on_an_arc(
    offset: float, heading: float, curvature: float, left: float, right: float
) -> None:
    """The car is put on a circle about (0, 1 / curvature), on a straight line if there is no curvature."""
    lateral = []
    for along in (CAR.front_m, -CAR.rear_m):
        for aside in (0.9, -0.9):
            x = along * math.cos(heading) - aside * math.sin(heading)
            y = offset + along * math.sin(heading) + aside * math.cos(heading)
            if abs(curvature) < 1e-6:
                lateral.append(y)
            else:
                radius = 1.0 / curvature
                lateral.append(radius - math.copysign(math.hypot(x, radius - y), radius))
    expected = max(max(lateral) - left, -min(lateral) - right)
    assert beyond(offset, heading, curvature, left, right) == pytest.approx(expected, abs=1e-5)


@given(offsets, headings, curvatures, widths, widths)
def test_left_and_right_mirror_each_other(
    offset: float, heading: float, curvature: float, left: float, right: float
) -> None:
    assert beyond(-offset, -heading, -curvature, right, left) == pytest.approx(
        beyond(offset, heading, curvature, left, right), abs=1e-12
    )


@given(offsets, headings, curvatures)
def test_a_car_without_size_is_its_centre(offset: float, heading: float, curvature: float) -> None:
    where = (np.array([value]) for value in (offset, heading, curvature, 1.5, 1.75))
    assert wheel_beyond(*where, (0.0, 0.0, 0.0))[0] == max(offset - 1.5, -offset - 1.75)


def test_each_vehicle_may_have_a_reach_of_its_own() -> None:
    random = np.random.default_rng(4)
    where = [random.uniform(-0.1, 0.1, 5) for _ in range(3)] + [np.full(5, 1.75)] * 2
    reach = tuple(random.uniform(0.8, 1.5, (3, 5)))
    together = wheel_beyond(*where, (reach[0], reach[1], reach[2]))
    for k in range(5):
        alone = wheel_beyond(*(row[k : k + 1] for row in where), (reach[0][k], reach[1][k], reach[2][k]))
        np.testing.assert_allclose(together[k], alone[0], rtol=0, atol=1e-15)


def test_where_the_bend_is_tighter_than_the_car_is_long_it_stays_finite() -> None:
    assert np.isfinite([beyond(3.0, 0.3, 2.0), beyond(0.5, 0.0, 2.0), beyond(-3.0, 3.1, 2.0)]).all()


def test_half_widths_are_those_of_the_route_at_the_station() -> None:
    route = route_of(Scenario(route_seed=3))
    n = len(route.x)
    wider = replace(route, left_m=np.linspace(1.5, 2.5, n), right_m=np.linspace(2.0, 1.0, n))
    station = np.array([0.0, 0.25, 100.3, route.length_m, route.length_m + 0.4], np.float32)
    left_m, right_m = lane_half_widths(wider, station)
    share = station / route.length_m
    np.testing.assert_allclose(left_m, 1.5 + share, atol=1e-5)
    np.testing.assert_allclose(right_m, 2.0 - share, atol=1e-5)


def lateral_of_points(route: Route, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signed distance of points (T,) from the route's centre, by brute force over a fine polyline of it."""
    fine = np.arange(0.0, route.length_m, 0.01)
    at = np.arange(len(route.x)) * route.spacing_m
    line_x, line_y = (np.interp(fine, at, one) for one in (route.x, route.y))
    turned = np.interp(fine, at, route.heading_rad)
    i = np.array([int(np.argmin((line_x - a) ** 2 + (line_y - b) ** 2)) for a, b in zip(x, y, strict=True)])
    return np.asarray((y - line_y[i]) * np.cos(turned[i]) - (x - line_x[i]) * np.sin(turned[i]))


@pytest.mark.parametrize("map_name", ["country_loop", "mountain_pass", "suburb"])
def test_it_agrees_with_tyres_put_on_the_map(map_name: str) -> None:
    """A car that weaves: where its tyres are in the map's axes, against the lane's borders, found by brute force."""
    sim = EmbeddedSimulator(1, camera=None)
    seen = sim.reset([Scenario(map=map_name, route_seed=10_001, seed=3, route_length_m=200.0)])
    expert, route, reach = Expert(sim), sim.routes[0], tyre_reach(sim.parameters)
    expert.reset(np.ones(1, np.bool_))
    step = 0
    while not seen.end_reason[0]:
        command = expert.act(seen)
        command[0, 0] += 0.03 * math.sin(step / 25.0)
        seen = sim.step(command)
        step += 1
        if step % 15:
            continue
        state = seen.state
        left_m, right_m = lane_half_widths(route, state.station_m)
        where = state.lateral_offset_m, state.heading_error_rad, state.curvature
        found = wheel_beyond(*where, left_m, right_m, reach)[0]
        along = np.array([reach[0], reach[0], -reach[1], -reach[1]])
        aside = np.array([reach[2], -reach[2], reach[2], -reach[2]])
        turned = state.heading_rad[0]
        x = state.x_m[0] + along * math.cos(turned) - aside * math.sin(turned)
        y = state.y_m[0] + along * math.sin(turned) + aside * math.cos(turned)
        lateral = lateral_of_points(route, x, y)
        expected = max(lateral.max() - left_m[0], -lateral.min() - right_m[0])
        assert found == pytest.approx(expected, abs=0.01)
    assert step > 100


def test_with_departure_by_wheel_an_episode_ends_at_the_step_in_which_a_tyre_crosses() -> None:
    sim = EmbeddedSimulator(3, camera=None, departure="wheel")
    sim.reset([Scenario(route_seed=k, seed=k) for k in range(3)])
    command = np.array([[0.15, np.nan], [-0.15, np.nan], [0.0, np.nan]])
    over = np.zeros(3, np.bool_)
    for _ in range(120):
        seen = sim.step(command)
        state = seen.state
        edges = [lane_half_widths(sim.routes[k], state.station_m[k : k + 1]) for k in range(3)]
        left_m, right_m = np.concatenate(edges, axis=1)
        where = state.lateral_offset_m, state.heading_error_rad, state.curvature
        over = wheel_beyond(*where, left_m, right_m, tyre_reach(sim.parameters)) > 0.0
        np.testing.assert_array_equal(seen.end_reason != 0, over)
    assert over[:2].all()
    assert {END_REASONS[k] for k in seen.end_reason[over]} == {"lane_departure"}
    assert (np.abs(state.lateral_offset_m[over]) < 1.75).all()


def test_a_departure_of_another_name_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"departure='tyre'.*centre.*wheel"):
        EmbeddedSimulator(1, camera=None, departure="tyre")
