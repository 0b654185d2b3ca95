"""PolicyDriver: a network at the wheel of N worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.vehicle import VehicleParameters, steer_for_curvature

__all__ = ["PolicyDriver"]


class PolicyDriver:
    """Drives by what the policy observes: frame -> curvature -> steer; the speed is left to the cruise control.

    Of the vehicle's state a policy with eyes leaves all but the speed alone, which every car's own instruments show: it
    says how far the wheels must turn for a curvature.

    Parameters
    ----------
    policy:
        The network; it is put into evaluation mode.
    dt_s:
        Duration of the simulator's step [s], the nominal time from frame to frame; None: that of the policy's training,
        whatever the observations say.
    vehicle:
        The vehicle that is driven.
    tell_elapsed:
        Tell the network how much time has passed from frame to frame, which disturbances may stretch; otherwise it is
        told the nominal time.

    Raises
    ------
    ArgumentError
        If ``dt_s`` is not allowed.
    """

    def __init__(
        self,
        policy: Policy,
        dt_s: float | None = None,
        vehicle: VehicleParameters | None = None,
        *,
        tell_elapsed: bool = True,
    ) -> None:
        if dt_s is not None and not 0.0 < dt_s <= 10.0:
            raise ArgumentError(f"dt_s={dt_s!r}: allowed are more than 0 to 10 seconds")
        self.policy = policy.eval()
        self.vehicle = vehicle or VehicleParameters()
        self.elapsed = 1.0 if dt_s is None else dt_s / policy.config.sample_period_s
        self.tell_elapsed = tell_elapsed and dt_s is not None
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

        Where the episode has ended, or no new frame has come, nothing is computed: the network rests, and the curvature
        stays as it was.

        Raises
        ------
        ArgumentError
            When the policy needs camera frames and the observation has none.
        """
        frames = self.policy.look(observation)
        count = len(frames)
        if self._state is None or len(self._state) != count:
            self._state = self.policy.initial_state(count)
        if len(self.curvature) != count:
            self.curvature = np.zeros(count)
        looking = np.flatnonzero((observation.end_reason == 0) & observation.new_frame)
        elapsed = self._elapsed(observation.frame_interval_s[looking])
        if len(looking) == count:
            curvature, self._state = self.policy.act(frames, self._state, elapsed)
            self.curvature = curvature.astype(np.float64)
        elif len(looking):
            self._act_in(looking, frames, elapsed)
        command = np.full((count, 2), np.nan)
        command[:, 0] = steer_for_curvature(self.curvature, observation.state.speed_mps, self.vehicle)
        return command

    def _elapsed(self, interval_s: NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Return what the network is told for intervals (B,) [s]: one number where all have the same."""
        if not self.tell_elapsed or not len(interval_s):
            return self.elapsed
        period_s = self.policy.config.sample_period_s
        if (interval_s == interval_s[0]).all():
            return float(interval_s[0]) / period_s
        return interval_s / period_s

    def _act_in(self, worlds: NDArray[np.intp], frames: NDArray[Any], elapsed: float | NDArray[np.float64]) -> None:
        """Look at some worlds' frames alone; a car has the same bits in any company."""
        assert self._state is not None  # noqa: S101  (made by ``act``)
        chosen = torch.from_numpy(worlds).to(self._state.device)
        curvature, state = self.policy.act(frames[worlds], self._state[chosen], elapsed)
        self.curvature = self.curvature.copy()
        self.curvature[worlds] = curvature
        self._state = self._state.index_copy(0, chosen, state)

    @property
    def camera(self) -> CameraConfig | None:
        """What it is to see through, the camera of the policy's training."""
        return self.policy.camera

    @property
    def state(self) -> torch.Tensor | None:
        """The network's state (N, S), for audits; None before the first frame."""
        return self._state
