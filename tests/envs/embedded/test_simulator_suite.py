"""The embedded simulator passes what every simulator must pass."""

from __future__ import annotations

from tests.support.simulator_suite import SimulatorSuite
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.simulator import Simulator


class TestEmbeddedSimulator(SimulatorSuite):
    def make(self, worlds: int, camera: CameraConfig | None, *, segmentation: bool, depth: bool) -> Simulator:
        return EmbeddedSimulator(worlds, camera=camera, segmentation=segmentation, depth=depth)
