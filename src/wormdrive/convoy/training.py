"""Training: a follower learns from the expert's convoys, then from its own, corrected by the expert (DAgger)."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from wormdrive.convoy.config import ConvoyTrainConfig, FollowerConfig
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import FollowerFrames, collect, training_scenarios
from wormdrive.convoy.learner import ConvoyLearner
from wormdrive.envs.convoy.simulator import ConvoyObservation
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.perception.preprocess import PreprocessConfig
from wormdrive.training.dagger import HAND_BACK_M, HAND_BACK_RAD, TAKE_OVER_M, TAKE_OVER_RAD
from wormdrive.training.progress import Progress, Silent

__all__ = ["expert_frames", "train_follower"]

_LOG_STEPS = 10
NEAREST_S = 1.5
"""The expert takes over before a collision that is nearer than this [s], or where the gap is less than half ..."""
WORST_GAP_M = 15.0
"""... or wrong by this much [m]."""
RIGHT_GAP_M = 2.0
RIGHT_CLOSING_MPS = 1.0
"""It hands back when gap and closing speed are right again to within this."""
ROUND_PUSHED = 0.5


def train_follower(
    config: ConvoyTrainConfig,
    model: FollowerConfig,
    *,
    recorded: FollowerFrames | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Follower:
    """Train a follower from scratch; the same configuration gives the same bits, with any number of threads.

    Parameters
    ----------
    config, model:
        How it learns, and what it is.
    recorded:
        What ``expert_frames`` returned for such a configuration, if it has been driven already.
    threads:
        How many draw and compute.
    progress:
        Told how far training has come.

    Returns
    -------
    Follower
        In evaluation mode.
    """
    progress = progress or Silent()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        follower = Follower(model)
    learner = ConvoyLearner(follower, config)
    with computing_with(threads):
        frames = recorded or expert_frames(config, model.preprocess, threads=threads, progress=progress)
        learner.look_at(frames)
        _learn(learner, frames, 0, config.steps, progress)
        for round_ in range(1, config.rounds + 1):
            count, length = config.round_convoys, config.round_length
            progress.begin(f"drives round {round_}", count * length * (config.cars - 1), "frames")
            scenarios = training_scenarios(config, config.seed, round_, count, length)
            pilot = _Corrected(follower.eval(), count * (config.cars - 1))
            seed = (config.seed, round_)
            frames = frames.joined(
                collect(
                    scenarios, length, pilot, model.preprocess, cars=config.cars, pushed=ROUND_PUSHED, seed=seed,
                    progress=progress, threads=threads,
                )
            )  # fmt: skip
            _learn(learner, frames, round_, config.round_steps, progress)
    return follower.eval()


def expert_frames(
    config: ConvoyTrainConfig, preprocess: PreprocessConfig, *, threads: int = 1, progress: Progress | None = None
) -> FollowerFrames:
    """Have the expert drive the convoys that a follower begins to learn from."""
    progress = progress or Silent()
    progress.begin("expert drives", config.convoys * config.length * (config.cars - 1), "frames")
    scenarios = training_scenarios(config, config.data_seed, 0, config.convoys, config.length)
    return collect(
        scenarios, config.length, lambda _, label: label.copy(), preprocess, cars=config.cars, pushed=1.0,
        seed=(config.data_seed, 0), progress=progress, threads=threads,
    )  # fmt: skip


def _learn(learner: ConvoyLearner, frames: FollowerFrames, round_: int, steps: int, progress: Progress) -> None:
    progress.begin(f"train round {round_}" if round_ else "train", steps, "steps")
    losses: list[float] = []
    for step in range(steps):
        losses.append(learner.step(frames, round_, step, steps))
        if (step + 1) % _LOG_STEPS == 0 or step + 1 == steps:
            progress.advance(step + 1, loss=float(np.mean(losses)))
            losses = []


class _Corrected:
    """A pilot: the follower, relieved by the expert across and along the road, each while it is far off."""

    def __init__(self, follower: Follower, cars: int) -> None:
        self._follower = follower
        self._memory = follower.initial_state(cars)
        self._across: NDArray[np.bool_] | bool = False
        self._along: NDArray[np.bool_] | bool = False

    def __call__(self, shown: ConvoyObservation, label: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return curvature and acceleration (W, N - 1, 2) to drive."""
        assert shown.camera is not None  # noqa: S101  (asked for)
        offset, error = np.abs(shown.state.lateral_offset_m[:, 1:]), np.abs(shown.state.heading_error_rad[:, 1:])
        bad = (offset > TAKE_OVER_M) | (error > TAKE_OVER_RAD)
        good = (offset < HAND_BACK_M) & (error < HAND_BACK_RAD)
        self._across = bad | (self._across & ~good)
        gap, wrong = shown.gap_m, np.abs(shown.gap_error_m)
        bad = (gap < NEAREST_S * shown.closing_mps) | (gap < 0.5 * (gap - shown.gap_error_m)) | (wrong > WORST_GAP_M)
        good = (wrong < RIGHT_GAP_M) & (np.abs(shown.closing_mps) < RIGHT_CLOSING_MPS)
        self._along = bad | (self._along & ~good)
        frames = shown.camera.reshape(-1, *shown.camera.shape[2:])
        wanted, self._memory = self._follower.act(frames, self._memory)
        held = np.stack([self._across, self._along], axis=-1)
        return np.where(held, label, wanted.reshape(label.shape))
