"""PolicyDriver: a network at the wheel of N worlds."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

__all__ = ["PolicyDriver"]


class PolicyDriver:
    """Drives by camera alone: frame -> curvature -> steer; the speed is left to the cruise control.

    Of the vehicle's state only the speed is read, which every car's own instruments show: it says how far the wheels
    must turn for a curvature.

    Parameters
    ----------
    policy:
        The network; it is put into evaluation mode.
    dt_s:
        Duration of the simulator's step [s]; None: that of the policy's training. Elapsed time follows from it.
    vehicle:
        The vehicle that is driven.
    """

    def __init__(self, policy: Policy, dt_s: float | None = None, vehicle: VehicleParameters | None = None) -> None:
        if dt_s is not None and not 0.0 < dt_s <= 10.0:
            raise ArgumentError(f"dt_s={dt_s!r}: allowed are more than 0 to 10 seconds")
        self.policy = policy.eval()
        self.vehicle = vehicle or VehicleParameters()
        self.elapsed = 1.0 if dt_s is None else dt_s / policy.config.sample_period_s
        self.curvature: NDArray[np.float64] = np.zeros(0)
        self._state: torch.Tensor | None = None

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget the past of the worlds in ``mask`` (N,)."""
        fresh = self.policy.initial_state(len(mask))
        if self._state is None or len(self._state) != len(mask):
            self._state = fresh
        else:
            chosen = torch.from_numpy(np.asarray(mask, bool)).to(fresh.device)
            self._state = torch.where(chosen[:, None], fresh, self._state)

    def act(self, observation: Observation) -> NDArray[np.float64]:
        """Return the commands (N, 2): steer, and NaN for the cruise control.

        Worlds whose episode has ended cost nothing: their network rests, and their curvature stays as it was.

        Raises
        ------
        ArgumentError
            When the observation has no camera frames.
        """
        frames = observation.camera
        if frames is None:
            raise ArgumentError("observation.camera=None: a policy needs camera frames")
        count = len(frames)
        if self._state is None or len(self._state) != count:
            self._state = self.policy.initial_state(count)
        if len(self.curvature) != count:
            self.curvature = np.zeros(count)
        running = np.flatnonzero(observation.end_reason == 0)
        if len(running) == count:
            curvature, self._state = self.policy.act(frames, self._state, self.elapsed)
            self.curvature = curvature.astype(np.float64)
        elif len(running):
            self._act_in(running, frames)
        command = np.full((count, 2), np.nan)
        command[:, 0] = steer_for_curvature(self.curvature, observation.state.speed_mps, self.vehicle)
        return command

    def _act_in(self, worlds: NDArray[np.intp], frames: NDArray[np.uint8]) -> None:
        """Look at some worlds' frames alone; a car has the same bits in any company."""
        assert self._state is not None  # noqa: S101  (made by ``act``)
        chosen = torch.from_numpy(worlds).to(self._state.device)
        curvature, state = self.policy.act(frames[worlds], self._state[chosen], self.elapsed)
        self.curvature = self.curvature.copy()
        self.curvature[worlds] = curvature
        self._state = self._state.index_copy(0, chosen, state)

    @property
    def state(self) -> torch.Tensor | None:
        """The network's state (N, S), for audits; None before the first frame."""
        return self._state
