"""Dynamics of one policy over its drives, as figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wormdrive.agents.policies.policy import Policy
from wormdrive.audit.dynamics.along_road import AlongRoad, along_road
from wormdrive.audit.dynamics.contraction import Contraction, contraction
from wormdrive.audit.dynamics.resampling import FRAME_STRIDES, UNFOLDS, with_fewer_frames, with_unfolds
from wormdrive.audit.dynamics.time_constants import TimeConstants, time_constants
from wormdrive.audit.dynamics.trajectory import Trajectory, trajectory
from wormdrive.audit.traced_drive import TracedDrive

__all__ = ["DynamicsSection", "measure_dynamics"]


@dataclass(frozen=True, eq=False)
class DynamicsSection:
    """What ``measure_dynamics`` found.

    Attributes
    ----------
    names:
        Of the neurons.
    trajectory:
        Over all drives.
    constants:
        Along each drive; ``None`` for kinds without time constants.
    forgetting:
        Along each drive; ``None`` for policies without memory.
    frame_strides, untold_strides:
        For every stride, how far the steering moves as a share of its deviation, mean over the drives; told the time
        that passes, and not.
    unfolds:
        The same for other numbers of solver steps; ``None`` for kinds without a solver.
    along:
        Where on the drive that turns most each neuron is how active, and how quick.
    """

    names: tuple[str, ...]
    trajectory: Trajectory
    constants: tuple[TimeConstants, ...] | None
    forgetting: tuple[Contraction, ...] | None
    frame_strides: dict[int, float]
    untold_strides: dict[int, float]
    unfolds: dict[int, float] | None
    along: AlongRoad

    def to_json(self) -> dict[str, Any]:
        """Plain data; what never comes, or is infinite, is None."""
        way = self.trajectory
        neurons: dict[str, dict[str, Any]] = {
            name: {"range": float(way.range_[i]), "fastest_per_s": float(way.fastest_per_s[i])}
            for i, name in enumerate(self.names)
        }
        if self.constants is not None:
            seconds = np.concatenate([constants.seconds for constants in self.constants])
            for i, name in enumerate(self.constants[0].names):
                low, middle, high = np.quantile(seconds[:, i], (0.0, 0.5, 1.0), method="nearest")
                neurons[name]["time_constant_s"] = [_finite(value) for value in (low, middle, high)]
        return {
            "neurons": neurons,
            "principal_shares": [float(share) for share in way.principal_shares[:5]],
            "half_life_s": self._slowest("half_life_s"),
            "last_percent_s": self._slowest("last_percent_s"),
            "steering_moved_by_frame_stride": self.frame_strides,
            "steering_moved_by_frame_stride_untold": self.untold_strides,
            "steering_moved_by_unfolds": self.unfolds,
        }

    def _slowest(self, name: str) -> float | None:
        """Return the longest time over the drives; ``None`` if some drive was too short for it."""
        times = [getattr(one, name) for one in self.forgetting or ()]
        return None if not times or None in times else float(max(times))


def measure_dynamics(policy: Policy, drives: Sequence[TracedDrive]) -> DynamicsSection | None:
    """Measure how a policy's neurons move over some of its drives; ``None`` if there are none to look at."""
    if not policy.neuron_names:
        return None
    constants = [time_constants(policy, drive) for drive in drives]
    forgetting = [contraction(policy, drive, seed=k) for k, drive in enumerate(drives)]
    told, untold = (
        {
            stride: _mean([with_fewer_frames(policy, drive, stride, tell_elapsed=tell).share for drive in drives])
            for stride in FRAME_STRIDES
        }
        for tell in (True, False)
    )
    unfolds: dict[int, float] = {}
    for count in UNFOLDS:
        moved = [found.share for drive in drives if (found := with_unfolds(policy, drive, count)) is not None]
        if moved:
            unfolds[count] = _mean(moved)
    return DynamicsSection(
        policy.neuron_names,
        trajectory(drives),
        tuple(one for one in constants if one is not None) or None,
        tuple(one for one in forgetting if one is not None) or None,
        told,
        untold,
        unfolds or None,
        along_road(drives, constants),
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
