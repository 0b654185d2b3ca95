"""What every simulator must do, done by CARLA's client and two servers; and that it does as the embedded one does."""

from __future__ import annotations

import pytest

from tests.support.carla_server import ServerProcess
from tests.support.simulator_suite import SimulatorSuite
from wormdrive.envs.carla.simulator import CarlaSimulator
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.simulator import Simulator


class TestCarlaSimulator(SimulatorSuite):
    @pytest.fixture(autouse=True)
    def _servers(self, server: ServerProcess, second: ServerProcess) -> None:
        self.ports = server.port, second.port

    def make(self, worlds: int, camera: CameraConfig | None, *, segmentation: bool, depth: bool) -> Simulator:
        return CarlaSimulator(
            worlds, ports=self.ports, camera=camera, segmentation=segmentation, depth=depth, timeout_s=20.0
        )
