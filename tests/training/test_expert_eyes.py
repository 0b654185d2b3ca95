from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.agents.expert import Expert
from wormdrive.envs.common.errors import ArgumentError, UserCodeError
from wormdrive.envs.embedded.episode_renderer import render_episode
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulator_factory import open_simulator
from wormdrive.training.collect import collect
from wormdrive.training.expert_eyes import ExpertEyes

STEPS = 6
SCENARIOS = [Scenario(route_seed=k, seed=k, route_length_m=40.0) for k in (3, 4)]
NOBODY = np.zeros(2, np.bool_)
USUAL, SMALL = CameraConfig(), CameraConfig(width=64, height=32)


class Looking(Expert):
    """Steers as the expert does, and keeps what it was shown."""

    camera = SMALL  # type: ignore[assignment]

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator, simulator.parameters)
        self.shown: list[NDArray[np.uint8] | None] = []

    def curvature(self, observation: Observation) -> NDArray[np.float64]:
        self.shown.append(None if observation.camera is None else observation.camera.copy())
        return super().curvature(observation)


class ByWheel:
    """A driver, which sees through the usual camera, for it says of none."""

    def __init__(self, simulator: Simulator) -> None:
        self._looking = Looking(simulator)
        self.shown = self._looking.shown

    def reset(self, mask: NDArray[np.bool_]) -> None: ...

    def act(self, observation: Observation) -> NDArray[np.float64]:
        return self._looking.act(observation)


@pytest.mark.parametrize("drawn", [None, SMALL, USUAL])
@pytest.mark.parametrize(("kind", "camera"), [(Looking, SMALL), (ByWheel, USUAL)])
def test_an_expert_sees_through_its_own_camera_whatever_else_is_drawn(
    drawn: CameraConfig | None, kind: type[Looking | ByWheel], camera: CameraConfig
) -> None:
    made: list[Looking | ByWheel] = []
    simulator = open_simulator(worlds=2, camera=drawn)
    try:
        episodes = collect(
            simulator,
            SCENARIOS,
            lambda _observation, target: (target, NOBODY),
            np.zeros((2, STEPS)),
            drawn or USUAL,
            expert=lambda opened: made.append(kind(opened)) or made[-1],
        )
    finally:
        simulator.close()
    assert len(made[0].shown) == STEPS
    for world, episode in enumerate(episodes):
        wanted = render_episode(replace(episode, camera=camera)).camera
        for step, frames in enumerate(made[0].shown):
            assert frames is not None
            np.testing.assert_array_equal(frames[world], wanted[step])


def test_on_a_server_there_are_its_pictures_alone() -> None:
    with ExpertEyes(USUAL, SCENARIOS, USUAL, "carla"), ExpertEyes(None, SCENARIOS, USUAL, "carla"):
        pass
    with pytest.raises(ArgumentError, match=r"expert: camera=CameraConfig\(width=64.*simulators of kind 'carla'"):
        ExpertEyes(SMALL, SCENARIOS, USUAL, "carla")


def test_a_camera_that_is_none_is_refused() -> None:
    class Blurred(Looking):
        camera = 7  # type: ignore[assignment]

    simulator = open_simulator(worlds=2, camera=None)
    try:
        with pytest.raises((ArgumentError, UserCodeError), match="Blurred: camera"):
            collect(simulator, SCENARIOS, lambda _, target: (target, NOBODY), np.zeros((2, 2)), USUAL, expert=Blurred)
    finally:
        simulator.close()
