from __future__ import annotations

import numpy as np

from wormdrive.envs.convoy.bird_view import _FAILED, _FOLLOWER, _LEADER, bird_view
from wormdrive.envs.convoy.picture import convoy_picture
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import CONVOY_CAMERA, ConvoySimulator
from wormdrive.envs.simulation.observation import VehicleState, take
from wormdrive.envs.simulation.scenario import Scenario


def begun() -> tuple[ConvoySimulator, VehicleState]:
    simulator = ConvoySimulator(1, 3, camera=None)
    simulator.reset([ConvoyScenario(road=Scenario(route_length_m=400.0, time_limit_s=10.0))])
    return simulator, take(simulator.embedded.last_observation.state, np.arange(3))


def test_from_above_the_first_car_drives_to_the_right_and_cars_have_their_length() -> None:
    simulator, state = begun()
    picture = bird_view(simulator.routes[0], state, np.array([False, True]), simulator.embedded.parameters, 900, 200)
    columns = {
        colour: np.nonzero((picture == colour).all(axis=2).any(axis=0))[0] for colour in (_LEADER, _FOLLOWER, _FAILED)
    }
    assert columns[_FAILED].max() < columns[_FOLLOWER].min() < columns[_FOLLOWER].max() < columns[_LEADER].min()
    for found in columns.values():
        assert 38 <= np.ptp(found) + 1 <= 47, "4.5 m at 10 pixels a metre"
    between = columns[_LEADER].mean() - columns[_FOLLOWER].mean()
    apart = np.hypot(state.x_m[0] - state.x_m[1], state.y_m[0] - state.y_m[1])
    assert abs(between - 10.0 * apart) < 15.0


def test_a_picture_shows_the_cars_that_are_asked_for() -> None:
    simulator, _ = begun()
    shown = simulator.step(np.zeros((1, 2, 2)))
    one = convoy_picture(simulator, shown, CONVOY_CAMERA, cars=[0], width=200)
    two = convoy_picture(simulator, shown, CONVOY_CAMERA, width=200, title="braking")
    assert (one.shape[1], two.shape[1]) == (200, 400)
    assert one.shape[0] == two.shape[0] == 78 + 120
