"""Summer: what a car takes along of the season it was trained in, seen through its own eyes; no label is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.adapting.car import Acted, Car, Cars, Seen
from wormdrive.adapting.channels import ChannelStatistics, channel_statistics
from wormdrive.adapting.shifted_views import shifted_curvatures
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.scenarios.drive import drive_all

__all__ = ["Summer", "look_at_summer"]

_FIRST_ROUTE_SEED: Final = 70_000
_FIRST_SEED: Final = 7_000_000
_EVERY: Final = 10
"""Frames from one that is kept to the next."""
_CHUNK: Final = 64


@dataclass(frozen=True, eq=False)
class Summer:
    """What a policy saw on drives of its own in summer.

    ``channels`` are the statistics of its convolutions; ``turn`` [1/m] is by how much it steers more to the left, on
    average, at a picture shifted by ``shift`` pixels to the right than at one shifted as far to the left: how a car
    that heads too far to the left, or right, steers back.
    """

    channels: ChannelStatistics
    turn: float
    shift: int


def look_at_summer(
    policy: Policy, *, routes: int = 2, route_length_m: float = 200.0, shift: int = 8, threads: int = 1
) -> Summer:
    """Let a frozen policy drive some summer roads that no training and no measurement has, and note what it sees.

    Raises
    ------
    ArgumentError
        It has no eyes.
    """
    policy.eyes  # noqa: B018 - raises
    scenarios = [
        Scenario(
            conditions=Conditions.preset("summer", "day"),
            route_seed=_FIRST_ROUTE_SEED + k,
            seed=_FIRST_SEED + k,
            route_length_m=route_length_m,
        )
        for k in range(routes)
    ]
    kept: list[Seen] = []
    cars = [Car(policy, lambda _: _Keep(kept)) for _ in scenarios]
    simulator = EmbeddedSimulator(len(cars), camera=policy.camera, threads=threads)
    try:
        drive_all(simulator, Cars(cars, simulator.dt_s, simulator.parameters), scenarios, len(cars))
    finally:
        simulator.close()
    frames = np.concatenate([seen.frame for seen in kept])
    states = torch.cat([seen.before for seen in kept])
    return Summer(_statistics(policy, frames), _turn(policy, frames, states, shift), shift)


class _Keep:
    """Keeps every tenth frame."""

    def __init__(self, kept: list[Seen]) -> None:
        self._kept, self._seen = kept, 0
        self.counts: dict[str, int] = {}

    def after(self, seen: Seen) -> Acted:
        """Keep it, if it is its turn."""
        if self._seen % _EVERY == 0:
            self._kept.append(seen)
        self._seen += 1
        return Acted(seen.curvature, seen.state)


def _statistics(policy: Policy, frames: NDArray[np.generic]) -> ChannelStatistics:
    preprocessor, head = policy.eyes
    with torch.no_grad():
        parts = [
            channel_statistics(head, preprocessor(preprocessor.reduce(torch.from_numpy(frames[k : k + _CHUNK]))))
            for k in range(0, len(frames), _CHUNK)
        ]
    weights = [len(frames[k : k + _CHUNK]) / len(frames) for k in range(0, len(frames), _CHUNK)]
    return ChannelStatistics.weighted(parts, weights)


def _turn(policy: Policy, frames: NDArray[np.generic], states: Tensor, shift: int) -> float:
    with torch.no_grad():
        found = [
            shifted_curvatures(policy, frames[k : k + _CHUNK], states[k : k + _CHUNK], shift)
            for k in range(0, len(frames), _CHUNK)
        ]
    left, _, right = torch.cat(found, 1)
    return float((right - left).mean())
