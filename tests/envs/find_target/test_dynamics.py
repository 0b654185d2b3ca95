from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.find_target.dynamics import ALTITUDES_M, DT_S, TOP_RATES, Flight


def flown(action: list[float], steps: int) -> Flight:
    flight = Flight.at_rest(1)
    for _ in range(steps):
        flight.step(np.array([action]), np.ones(1, np.bool_))
    return flight


@pytest.mark.parametrize("axis", range(4))
def test_rates_approach_what_is_asked_for(axis: int) -> None:
    action = [0.0] * 4
    action[axis] = 1.0
    rates = flown(action, 60).rates[0]
    assert rates[axis] == pytest.approx(TOP_RATES[axis], rel=1e-3)
    assert np.abs(np.delete(rates, axis)).max() == 0.0


def test_more_than_one_is_cut_off() -> None:
    assert flown([5.0, 0.0, 0.0, 0.0], 10).position[0, 0] == flown([1.0, 0.0, 0.0, 0.0], 10).position[0, 0]


def test_left_is_left_of_the_heading() -> None:
    flight = Flight.at_rest(1)
    flight.heading[0] = np.pi / 2.0
    for _ in range(10):
        flight.step(np.array([[0.0, 1.0, 0.0, 0.0]]), np.ones(1, np.bool_))
    x, y, _ = flight.position[0]
    assert x < -0.5
    assert abs(y) < 1e-9


def test_turning_while_flying_goes_round_a_circle() -> None:
    flight = flown([1.0, 0.0, 0.0, 1.0], 40)
    start, heading = flight.position[0].copy(), flight.heading[0]
    for _ in range(round(np.pi / TOP_RATES[3] / DT_S)):
        flight.step(np.array([[1.0, 0.0, 0.0, 1.0]]), np.ones(1, np.bool_))
    assert np.cos(flight.heading[0] - heading) == pytest.approx(-1.0, abs=2e-2)
    across = np.linalg.norm(flight.position[0] - start)
    assert across == pytest.approx(2.0 * TOP_RATES[0] / TOP_RATES[3], rel=0.02)


def test_those_who_do_not_move_stay() -> None:
    flight = Flight.at_rest(2)
    flight.step(np.ones((2, 4)), np.array([True, False]))
    assert flight.position[0, 0] > 0.0
    assert (flight.position[1] == 0.0).all()
    assert flight.heading[1] == 0.0


@pytest.mark.parametrize(("height", "held"), [(0.5, ALTITUDES_M[0]), (4.0, 4.0), (9.0, ALTITUDES_M[1])])
def test_altitude_is_held(height: float, held: float) -> None:
    flight = Flight.at_rest(1)
    flight.position[0, 2], flight.rates[0, 2] = 10.0 + height, 0.7
    flight.hold_altitude(0, 10.0)
    assert flight.position[0, 2] == pytest.approx(10.0 + held)
    assert flight.rates[0, 2] == (0.7 if height == held else 0.0)
