"""Held-out drives: a policy drives roads that no training and no suite has seen, in several seasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.mounted.mounted_policy import MountedPolicy
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.common.errors import ArgumentError
from wormdrive.envs.embedded.simulator import EmbeddedSimulator
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.seasons.conditions import SEASONS, Conditions
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.simulator import Simulator
from wormdrive.envs.simulation.vehicle import curvature_for_steer
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.training.collect import collect
from wormdrive.training.progress import Progress, Silent

__all__ = ["held_out_episodes"]

_FIRST_ROUTE_SEED: Final = 60_000
_FIRST_SEED: Final = 6_000_000
_SPARE_M: Final = 20.0


def held_out_episodes(
    policy: Policy,
    *,
    map_: str = "country_loop",
    seasons: Sequence[str] = SEASONS,
    weather: str = "day",
    routes: int = 3,
    frames: int = 300,
    seed: int = 0,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[Episode]:
    """Let a policy drive ``routes`` routes in every season, the same ones; return its drives, season by season.

    A drive is ``frames`` frames long, less if the car leaves its lane. The same arguments give the same bits.

    Raises
    ------
    ArgumentError
        ``routes``, ``frames`` or ``seed`` is out of range, or a season or the weather is unknown.
    """
    for name, value, least, most in (
        ("routes", routes, 1, 1000),
        ("frames", frames, 16, 20_000),
        ("seed", seed, 0, 1000),
    ):
        if not least <= value <= most:
            raise ArgumentError(f"{name}={value!r}: allowed is {least} to {most}")
    scenarios = [
        Scenario(
            map=map_,
            conditions=Conditions.preset(season, weather),
            route_seed=_FIRST_ROUTE_SEED + seed * 1000 + route,
            seed=_FIRST_SEED + seed * 1000 + route,
            route_length_m=float(np.ceil(frames * DT_S * CRUISING_MPS + _SPARE_M)),
        )
        for season in seasons
        for route in range(routes)
    ]
    told = progress or Silent()
    told.begin("drive", len(scenarios) * frames, "frames")
    simulator = EmbeddedSimulator(len(scenarios), camera=policy.camera, threads=threads)
    try:
        return collect(
            simulator,
            scenarios,
            _Mounted(policy, simulator) if isinstance(policy, MountedPolicy) else _Alone(policy, len(scenarios)),
            np.zeros((len(scenarios), frames)),
            policy.camera or CameraConfig(),
            lambda step: told.advance(step * len(scenarios)),
        )
    finally:
        simulator.close()


class _Alone:
    """A pilot: the policy, whatever comes of it."""

    def __init__(self, policy: Policy, worlds: int) -> None:
        self._policy = policy.eval()
        self._memory = policy.initial_state(worlds)
        self._elapsed = DT_S / policy.config.sample_period_s

    def __call__(
        self, observation: Observation, target: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        curvature, self._memory = self._policy.act(self._policy.look(observation), self._memory, self._elapsed)
        return curvature.astype(np.float64), np.zeros(len(target), np.bool_)


class _Mounted:
    """A pilot: a network of others, behind the wheel as its mount says."""

    def __init__(self, policy: MountedPolicy, simulator: Simulator) -> None:
        self._driver, self._vehicle = policy.driver(simulator), simulator.parameters

    def __call__(
        self, observation: Observation, target: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        steer, speed = self._driver.act(observation)[:, 0], observation.state.speed_mps
        return curvature_for_steer(steer, speed, self._vehicle), np.zeros(len(target), np.bool_)
