"""MountedDriver: a network of others at the wheel of N worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.mounted.mount import Mount
from wormdrive.agents.mounted.network import FrameNetwork
from wormdrive.agents.mounted.pictures import PictureInput
from wormdrive.agents.mounted.steering import steer_for_number
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.vehicle import VehicleParameters

__all__ = ["MountedDriver"]


class MountedDriver:
    """A ``Driver``: frame -> picture -> number -> steer; the speed is left to the cruise control.

    Parameters
    ----------
    network:
        Who says the number; shared by any drivers, for what is remembered is kept here.
    mount:
        How it sits in the car.
    dt_s:
        Duration of the simulator's step [s].
    vehicle:
        The vehicle that is driven.
    """

    def __init__(
        self, network: FrameNetwork, mount: Mount, dt_s: float, vehicle: VehicleParameters | None = None
    ) -> None:
        self.network, self.mount = network, mount
        self._vehicle = vehicle or VehicleParameters()
        self._picture = PictureInput(mount)
        self._steps_late = round(mount.delay_s / dt_s)
        self._states: list[Any] = []
        self._numbers: NDArray[np.float64] = np.zeros((self._steps_late + 1, 0))  # (steps, N), the latest first

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget the past of the worlds in ``mask`` (N,)."""
        self._have(len(mask))
        for world in np.flatnonzero(mask):
            self._states[world] = None
        self._numbers[:, np.asarray(mask, bool)] = 0.0

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return the commands (N, 2): steer, and NaN for the cruise control.

        Where no new frame has come, the number stays; where the episode has ended, nothing is computed.

        Raises
        ------
        ArgumentError
            The observation has no camera frames.
        ModelError
            The network said what is no finite number.
        """
        frames = observation.camera
        if frames is None:
            raise ArgumentError(f"camera=None: allowed for {self.network.name}, which drives by pictures, is a camera")
        self._have(len(frames))
        self._numbers = np.concatenate([self._numbers[:1], self._numbers[:-1]])
        for world in np.flatnonzero((observation.end_reason == 0) & observation.new_frame):
            self._numbers[0, world], self._states[world] = self.network(
                self._picture(frames[world]), self._states[world], float(observation.frame_interval_s[world])
            )
        command = np.full((len(frames), 2), np.nan)
        command[:, 0] = steer_for_number(self._numbers[-1], observation.state.speed_mps, self.mount, self._vehicle)
        return command

    def _have(self, worlds: int) -> None:
        """Begin anew where there are other worlds than before."""
        if len(self._states) != worlds:
            self._states = [None] * worlds
            self._numbers = np.zeros((self._steps_late + 1, worlds))
