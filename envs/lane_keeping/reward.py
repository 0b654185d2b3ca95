"""Reward: what a step is worth, by the formula of ``LaneKeeping-v0`` or as a sum of terms by name and weight."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.envs.common.errors import ArgumentError, is_real, one_of
from wormdrive.envs.simulation.observation import END_REASONS, Observation, VehicleState

__all__ = ["REWARD_TERMS", "Reward", "RewardFormula", "Step", "lane_keeping_reward", "parse_reward"]

CRUISING_MPS: Final = 10.0
"""The speed whose progress is worth a reward of 1 a step [m/s]."""
COMFORTABLE_MPS2: Final = 3.0
"""The acceleration that costs 1 in the term ``comfort`` [m/s²]: what the cruise control takes bends with."""
_FAILED: Final = np.array([reason in ("lane_departure", "collision") for reason in END_REASONS])


@dataclass(frozen=True)
class Step:
    """What N worlds did in a step of ``dt_s`` [s]; arrays (N,).

    ``progress_m`` [m] along the route, ``speed_gain_mps`` [m/s]; after it ``state``; ``failed``: whether the lane was
    left or another car hit.
    """

    dt_s: float
    progress_m: NDArray[np.float64]
    speed_gain_mps: NDArray[np.float64]
    state: VehicleState
    failed: NDArray[np.bool_]


RewardFormula = Callable[[Step], NDArray[np.float64]]
_Term = Callable[[Step, float], NDArray[np.float64]]


def lane_keeping_reward(
    progress_m: NDArray[np.float64], lateral_offset_m: NDArray[np.float64], dt_s: float
) -> NDArray[np.float64]:
    """Progress minus offset: 1 for a step along the lane's centre at 10 m/s, less 1 for each metre beside it.

    ``progress_m`` [m] along the route in this step of ``dt_s`` [s], ``lateral_offset_m`` [m] after it; any shape.
    """
    return np.asarray(progress_m / (CRUISING_MPS * dt_s) - np.abs(lateral_offset_m))


def parse_reward(terms: Mapping[str, float] | None, target_speed_mps: float) -> RewardFormula:
    """Return the formula of a sum of terms with weights, ``None`` for ``lane_keeping_reward``; see ``REWARD_TERMS``.

    Raises
    ------
    ArgumentError
        If a term is unknown, a weight is no finite number, or the speed is out of bounds.
    """
    if not is_real(target_speed_mps) or not 1.0 <= target_speed_mps <= 50.0:
        raise ArgumentError(f"target_speed={target_speed_mps!r}: allowed is 1 to 50 [m/s]")
    if terms is None:
        return _v0
    if not isinstance(terms, Mapping) or not terms:
        raise ArgumentError(f"reward={terms!r}: allowed is None or a mapping from {', '.join(REWARD_TERMS)} to weights")
    for name, weight in terms.items():
        if name not in REWARD_TERMS:
            raise ArgumentError(one_of("reward", name, REWARD_TERMS))
        if not is_real(weight) or not np.isfinite(weight):
            raise ArgumentError(f"reward[{name!r}]={weight!r}: allowed is a finite number")
    return _WeightedSum({name: float(weight) for name, weight in terms.items()}, float(target_speed_mps))


class Reward:
    """Pays N worlds; remembers where they were and how fast."""

    def __init__(self, formula: RewardFormula, worlds: int, dt_s: float) -> None:
        self._formula, self._dt_s = formula, dt_s
        self._station_m: NDArray[np.float64] = np.zeros(worlds)
        self._speed_mps: NDArray[np.float64] = np.zeros(worlds)

    def begin(self, shown: Observation, worlds: NDArray[np.bool_]) -> None:
        """Note where the episodes of some worlds (N,) begin."""
        self._station_m = np.where(worlds, shown.state.station_m, self._station_m)
        self._speed_mps = np.where(worlds, shown.state.speed_mps, self._speed_mps)

    def pay(self, shown: Observation) -> NDArray[np.float64]:
        """Return the rewards (N,) of the step after which worlds show this."""
        state = shown.state
        progress, gain = state.station_m - self._station_m, state.speed_mps - self._speed_mps
        self._station_m, self._speed_mps = state.station_m, state.speed_mps
        return self._formula(Step(self._dt_s, progress, gain, state, _FAILED[shown.end_reason]))


@dataclass(frozen=True)
class _WeightedSum:
    """Terms by name with their weights, and the speed that ``progress`` wants [m/s]."""

    weights: dict[str, float]
    target_speed_mps: float

    def __call__(self, step: Step) -> NDArray[np.float64]:
        """Return the sum (N,)."""
        paid = [weight * REWARD_TERMS[name](step, self.target_speed_mps) for name, weight in self.weights.items()]
        return np.asarray(np.sum(paid, axis=0))


def _v0(step: Step) -> NDArray[np.float64]:
    return lane_keeping_reward(step.progress_m, step.state.lateral_offset_m, step.dt_s)


def _progress(step: Step, target_mps: float) -> NDArray[np.float64]:
    """1 at the target speed along the route, less in proportion below and above it, -1 at the least."""
    share = step.progress_m / (target_mps * step.dt_s)
    return np.maximum(np.minimum(share, 2.0 - share), -1.0)


def _offset(step: Step, _: float) -> NDArray[np.float64]:
    """-1 for each metre beside the lane's centre."""
    return -np.abs(step.state.lateral_offset_m)


def _comfort(step: Step, _: float) -> NDArray[np.float64]:
    """Minus the square of the acceleration, along and across, in units of 3 m/s²."""
    across, along = step.state.speed_mps * step.state.yaw_rate_radps, step.speed_gain_mps / step.dt_s
    return np.asarray(-(np.square(across) + np.square(along)) / COMFORTABLE_MPS2**2)


def _terminal(step: Step, _: float) -> NDArray[np.float64]:
    """-1 in the step that leaves the lane or hits a car."""
    return -step.failed.astype(np.float64)


REWARD_TERMS: Final[Mapping[str, _Term]] = MappingProxyType(
    {"progress": _progress, "offset": _offset, "comfort": _comfort, "terminal": _terminal}
)
"""Terms of a reward by name: of a step and the target speed [m/s], values (N,)."""
