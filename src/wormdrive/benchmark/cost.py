"""Cost: how long what is missing of a benchmark will take here, told from a few seconds of the same work."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from wormdrive.agents.policies.registry import build_policy
from wormdrive.benchmark.cell import Cell
from wormdrive.benchmark.drives_cell import DrivesCell
from wormdrive.benchmark.policy_cells import PolicyCell
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.cruise_control import CRUISING_MPS
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.envs.simulation.vehicle_batch import DT_S
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.scenarios.candidate import policy_candidate
from wormdrive.scenarios.evaluate import drive_candidate, embedded
from wormdrive.training.config import TrainConfig
from wormdrive.training.learner import Learner
from wormdrive.training.observed_frames import observed_frames
from wormdrive.training.progress import Progress
from wormdrive.training.recorder import record

__all__ = ["Cost", "estimate"]

_EPISODES: Final = 8
_STEPS: Final = 6
_WORLDS: Final = 32
_ROUTE_M: Final = 20.0


@dataclass(frozen=True)
class Cost:
    """What is to be done, and about how long that takes [s]; ladders that are bisected may end with fewer drives."""

    trainings: int
    trained_frames: int
    drives: int
    driven_frames: int
    seconds: float


def estimate(missing: Sequence[Cell], progress: Progress, *, threads: int) -> Cost:
    """Count frames of the missing cells and divide them by rates measured now, for every recipe and model.

    Recording and drawing, seconds beside minutes, are left out.
    """
    trainings = [cell for cell in missing if isinstance(cell, PolicyCell)]
    drives = [cell for cell in missing if isinstance(cell, DrivesCell)]
    kinds = {_kind(policy): policy for policy in (*trainings, *(cell.policy for cell in drives))}
    progress.begin("measuring the cost", len(kinds), "kinds of training")
    rates: dict[tuple[str, str], tuple[float, float]] = {}
    for kind, policy in kinds.items():
        rates[kind] = _rates(policy, threads)
        progress.advance(len(rates))
    return Cost(
        trainings=len(trainings),
        trained_frames=sum(_trained_frames(policy.config) for policy in trainings),
        drives=sum(cell.course.most_drives for cell in drives),
        driven_frames=sum(map(_driven_frames, drives)),
        seconds=sum(_trained_frames(policy.config) / rates[_kind(policy)][0] for policy in trainings)
        + sum(_driven_frames(cell) / rates[_kind(cell.policy)][1] for cell in drives),
    )


def _kind(policy: PolicyCell) -> tuple[str, str]:
    return policy.recipe, policy.config.model


def _trained_frames(config: TrainConfig) -> int:
    return config.batch * config.window * (config.steps + config.rounds * config.round_steps)


def _driven_frames(cell: DrivesCell) -> int:
    """Count the frames of drives that reach their route's end at cruising speed; of a course all are equally long."""
    course = cell.course
    return course.most_drives * round(course.trials[0].scenario.route_length_m / CRUISING_MPS / DT_S)


def _rates(cell: PolicyCell, threads: int) -> tuple[float, float]:
    """Measure frames a second of training and of driving; the first of each compiles, and is not counted."""
    config = cell.config
    with tempfile.TemporaryDirectory() as folder, computing_with(threads):
        record(cell.episodes.config.model_copy(update={"episodes": _EPISODES}), folder, threads=threads)
        episodes = [Episode.load(file) for file in episode_files(Path(folder))]
        with torch.random.fork_rng(devices=[]):
            policy = build_policy({"kind": config.model, **config.policy})
        learner = Learner(policy, config, episodes[0].camera, bf16=False, device=cell.device)
        frames = observed_frames(policy, episodes, threads=threads)
        learner.look_at(frames)
        sampler = learner.episodes(frames)
        learner.step(sampler, 0, 0, _STEPS)
        began = time.monotonic()
        for step in range(1, _STEPS):
            learner.step(sampler, 0, step, _STEPS)
        trained = config.batch * config.window * (_STEPS - 1) / (time.monotonic() - began)
        candidate = policy_candidate(policy.eval(), cell.label)
        scenarios = [Scenario(route_seed=k, seed=k, route_length_m=_ROUTE_M) for k in range(_WORLDS)]
        drive_candidate(candidate, scenarios[:1], embedded(threads))
        began = time.monotonic()
        driven = sum(len(drive.x_m) for drive in drive_candidate(candidate, scenarios, embedded(threads)))
        return trained, driven / (time.monotonic() - began)
