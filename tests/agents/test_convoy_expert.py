from __future__ import annotations

import numpy as np

from wormdrive.agents.convoy_expert import GAP_GAIN, SPEED_GAIN, ConvoyExpert, follower_commands
from wormdrive.envs.convoy.scenario import ConvoyScenario
from wormdrive.envs.convoy.simulator import ConvoySimulator
from wormdrive.envs.convoy.spacing import TIME_GAP_S
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer


def test_no_frequency_is_amplified_along_a_string() -> None:
    assert 2.0 * SPEED_GAIN * TIME_GAP_S + GAP_GAIN * TIME_GAP_S**2 >= 2.0
    s = 1j * np.logspace(-3, 2, 2000)
    gain = np.abs((SPEED_GAIN * s + GAP_GAIN) / (s**2 + (SPEED_GAIN + GAP_GAIN * TIME_GAP_S) * s + GAP_GAIN))
    assert gain.max() <= 1.0 + 1e-9


def test_it_brakes_when_too_near_or_closing_and_follows_when_too_far() -> None:
    simulator = ConvoySimulator(1, 2, camera=None)
    road = Scenario(route_length_m=400.0, time_limit_s=10.0)
    shown = simulator.reset([ConvoyScenario(road=road)])
    expert = ConvoyExpert(simulator)
    wanted = []
    for gap, closing in ((12.0, 0.0), (6.0, 0.0), (12.0, 3.0)):
        shown.gap_m[:] = gap - 0.1
        shown.closing_mps[:] = closing
        wanted.append(expert.label(shown)[0, 0, 1])
    assert wanted[1] < wanted[0] - 1.0
    assert wanted[2] < wanted[0] - 2.0


def test_commands_are_what_the_label_says() -> None:
    simulator = ConvoySimulator(1, 3, camera=None)
    shown = simulator.reset([ConvoyScenario(road=Scenario(route_length_m=400.0, time_limit_s=10.0))])
    parameters = VehicleParameters()
    wanted = np.array([[[0.01, 1.5], [-0.02, -4.0]]])
    command = follower_commands(wanted, shown, parameters)
    np.testing.assert_allclose(command[..., 1], [[0.5, -0.5]])
    curvature = curvature_for_steer(command[..., 0], shown.state.speed_mps[:, 1:], parameters)
    np.testing.assert_allclose(curvature, wanted[..., 0])
