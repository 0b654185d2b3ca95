from __future__ import annotations

import numpy as np

from wormdrive.bench.drawn_views import DrawnViews
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.rendering.camera.road_camera import RoadCamera
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.scenario import Scenario


def test_the_same_pictures_are_drawn_again_after_the_world_has_moved_on() -> None:
    views, render = DrawnViews(CameraConfig()), RoadCamera.render
    simulator = EmbeddedSimulator(2)
    with views.noted(every=2):
        shown = [simulator.reset([Scenario(seed=k, route_seed=k) for k in (1, 2)]).camera]
        for _ in range(4):
            shown.append(simulator.step(np.array([[0.1, 0.5], [0.0, 0.5]])).camera)
    simulator.reset([Scenario(seed=k, route_seed=k) for k in (3, 4)])
    simulator.close()
    drawn = views.draw()
    assert len(drawn) == 3
    for again, once in zip(drawn, shown[::2], strict=True):
        np.testing.assert_array_equal(again, once)
    assert RoadCamera.render is render
