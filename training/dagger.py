"""DAgger: the policy drives, the expert says what it would have done, and takes over before the lane is left.

S. Ross, G. Gordon, D. Bagnell, *A reduction of imitation learning and structured prediction to no-regret online
learning*, AISTATS 2011; with takeovers as in J. Zhang, K. Cho, *Query-efficient imitation learning for end-to-end
autonomous driving* (SafeDAgger), 2016.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wormdrive.agents.own_expert import ExpertChoice
from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.episodes.episode import Episode
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import Observation
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.envs.simulator_factory import SimulatorChoice
from wormdrive.training.collect import collect, training_scenario
from wormdrive.training.config import TrainConfig
from wormdrive.training.domain_randomization import draw_conditions, steering_disturbance
from wormdrive.training.progress import Progress
from wormdrive.training.recorder import episode_path

__all__ = ["ExpertIntervention", "drive_round"]

TAKE_OVER_M: Final = 1.2
TAKE_OVER_RAD: Final = 0.35
HAND_BACK_M: Final = 0.4
HAND_BACK_RAD: Final = 0.1
_STREAM: Final = 0xDA66E2


class ExpertIntervention:
    """A pilot: the policy, relieved by the expert from being far off until it is well on the lane again."""

    def __init__(self, policy: Policy, worlds: int) -> None:
        self._policy = policy
        self._memory = policy.initial_state(worlds)
        self._elapsed = DT_S / policy.config.sample_period_s
        self._held: NDArray[np.bool_] = np.zeros(worlds, np.bool_)

    def __call__(
        self, observation: Observation, target: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the curvature (N,) [1/m] to drive, and where the expert intervenes (N,)."""
        state = observation.state
        offset, error = np.abs(state.lateral_offset_m), np.abs(state.heading_error_rad)
        bad = (offset > TAKE_OVER_M) | (error > TAKE_OVER_RAD)
        good = (offset < HAND_BACK_M) & (error < HAND_BACK_RAD)
        self._held = bad | (self._held & ~good)
        curvature, self._memory = self._policy.act(self._policy.look(observation), self._memory, self._elapsed)
        return np.where(self._held, target, curvature.astype(np.float64)), self._held.copy()


def drive_round(
    policy: Policy,
    config: TrainConfig,
    round_: int,
    folder: Path,
    camera: CameraConfig,
    threads: int,
    progress: Progress,
    choice: SimulatorChoice = SimulatorChoice(),  # noqa: B008  (frozen)
    expert: ExpertChoice = None,
) -> None:
    """Drive the episodes of one round and write them to ``folder``, which appears when all are there."""
    count, length = config.round_episodes, config.round_length
    progress.begin(f"drive round {round_}", count * length, "frames")
    scenarios, added = [], []
    for index in range(count):
        rng = np.random.default_rng([config.seed, _STREAM, round_, index])
        map_ = config.round_maps[index % len(config.round_maps)]
        conditions = draw_conditions(config.round_season, config.round_weathers, rng)
        scenarios.append(training_scenario(map_, conditions, length, DT_S, rng))
        added.append(steering_disturbance(length, DT_S, config.round_disturbance, rng))
    policy.eval()
    worlds = choice.max_worlds(count)
    drawn = camera if policy.needs_camera or choice.kind != "embedded" else None  # a server's frames are kept
    episodes: list[Episode] = []
    for begin in range(0, count, worlds):
        chosen = slice(begin, min(begin + worlds, count))
        side_by_side = len(scenarios[chosen])
        simulator = choice.open(side_by_side, drawn, threads=threads)
        try:
            episodes += collect(
                simulator,
                scenarios[chosen],
                ExpertIntervention(policy, side_by_side),
                np.stack(added[chosen]),
                camera,
                partial(_tell, progress, begin * length, side_by_side),
                choice.kind,
                expert,
                threads,
            )
        finally:
            simulator.close()
    aside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    for index, episode in enumerate(episodes):
        episode.save(episode_path(aside, index))
    aside.rename(folder)


def _tell(progress: Progress, before: int, worlds: int, step: int) -> None:
    progress.advance(before + step * worlds)
