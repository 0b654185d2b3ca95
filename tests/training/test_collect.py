from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle import VehicleParameters, curvature_for_steer
from wormdrive.training.collect import collect

STEPS = 75


def test_nothing_pushes_a_car_outwards_that_is_far_off_its_lane_already() -> None:
    """Beyond 0.9 m to one side, curvature to that side is not added; back to the middle it is, and before that, too."""
    # Two cars that are pushed out, to the left and to the right, while the expert steers against it; two that a pilot
    # steers out, and that are pushed back.
    added = np.repeat([[0.06], [-0.06], [-0.01], [0.01]], STEPS, axis=1)
    own = np.array([0.0, 0.0, 0.05, -0.05])
    nobody = np.zeros(4, np.bool_)

    def pilot(_seen: Observation, target: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return target + own, nobody

    simulator = EmbeddedSimulator(4, camera=None)
    scenarios = [Scenario(seed=5, route_seed=7)] * 4
    for world, episode in enumerate(collect(simulator, scenarios, pilot, added, CameraConfig())):
        offset, steer = episode.state.lateral_offset_m, episode.command[:, 0]
        driven = curvature_for_steer(steer, episode.state.speed_mps, VehicleParameters())
        push = driven - episode.target_curvature - own[world]
        far = np.abs(offset) > 0.9
        assert far.sum() > 5
        assert (~far).sum() > 5
        outwards = world < 2
        np.testing.assert_allclose(push[far], 0.0 if outwards else added[world, 0], atol=1e-9)
        np.testing.assert_allclose(push[~far], added[world, 0], atol=1e-9)
