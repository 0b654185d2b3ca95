"""Training: eyes learn from single frames, then a controller from sequences of what they see.

At first the expert drives; then the follower does, and is corrected (DAgger, see ``training.dagger``).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.convoy.config import ConvoyTrainConfig, EyesConfig, FollowerConfig
from wormdrive.convoy.eyes import Eyes
from wormdrive.convoy.follower import Follower
from wormdrive.convoy.frames import FeatureSequences, FollowerFrames, collect, training_scenarios
from wormdrive.convoy.learner import ControllerLearner, EyesLearner
from wormdrive.envs.convoy.simulator import ConvoyObservation
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.training.dagger import HAND_BACK_M, HAND_BACK_RAD, TAKE_OVER_M, TAKE_OVER_RAD
from wormdrive.training.progress import Progress, Silent

__all__ = ["Lesson", "expert_frames", "train_follower"]

NEAREST_S = 1.5
"""The expert takes over before a collision that is nearer than this [s], or where the gap is less than half ..."""
WORST_GAP_M = 15.0
"""... or wrong by this much [m]."""
RIGHT_GAP_M = 2.0
RIGHT_CLOSING_MPS = 1.0
"""It hands back when gap and closing speed are right again to within this."""
ROUND_PUSHED = 0.5
_STREAM = 0x5EE
_LOG_STEPS = 10
_ROWS = 8
"""Stretches that are augmented together."""


class Lesson:
    """What followers of one seed share: the expert's convoys, eyes that have learnt from them, and what these saw.

    Parameters
    ----------
    config:
        How they learn.
    eyes:
        Eyes that have learnt already; by default they do so here.
    frames:
        What ``expert_frames`` returned for such a configuration; by default the expert drives here.
    threads:
        How many draw and compute; they do not change the result.
    progress:
        Told how far it has come.
    """

    def __init__(
        self,
        config: ConvoyTrainConfig,
        *,
        eyes: Eyes | None = None,
        frames: FollowerFrames | None = None,
        threads: int = 1,
        progress: Progress | None = None,
    ) -> None:
        self.config, self.threads, self.progress = config, threads, progress or Silent()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.eyes = eyes or Eyes(EyesConfig())
        self.learner = EyesLearner(self.eyes, config)
        frames = frames or expert_frames(config, self.eyes.config, threads=threads, progress=self.progress)
        with computing_with(threads):
            self.learner.look_at(frames)
            if eyes is None:
                self.progress.begin("train eyes", config.eyes_steps, "steps")
                losses: list[float] = []
                for step in range(config.eyes_steps):
                    losses.append(self.learner.step(frames, step, config.eyes_steps))
                    losses = _told(self.progress, losses, step, config.eyes_steps)
            self.eyes.eval()
            self.sequences = self.seen(frames, (config.seed, 0))

    def seen(self, frames: FollowerFrames, seed: tuple[int, ...]) -> FeatureSequences:
        """Return what the eyes see of drives: as they were, and augmented, each stretch alike."""
        config = self.config
        found = FeatureSequences(self.eyes.see(frames.images), frames.target, frames.lengths)
        index, lengths = _stretches(frames.lengths, config.stretch)
        self.progress.begin("look", config.copies * len(index), "stretches")
        for copy in range(config.copies):
            features: list[Tensor] = []
            for begin in range(0, len(index), _ROWS):
                rows = index[begin : begin + _ROWS]
                random = np.random.default_rng([_STREAM, *seed, copy, begin])
                images = self.learner.augmented(frames, rows, random)
                seen = self.eyes.see(images.flatten(0, 1)).reshape(*images.shape[:2], -1)
                features += [
                    row[:length] for row, length in zip(seen, lengths[begin : begin + _ROWS].tolist(), strict=True)
                ]
                self.progress.advance(copy * len(index) + begin + len(rows))
            target = torch.cat(
                [frames.target[row[:length]] for row, length in zip(index, lengths.tolist(), strict=True)]
            )
            found = found.joined(FeatureSequences(torch.cat(features), target, lengths))
        return found


def train_follower(lesson: Lesson, model: FollowerConfig) -> Follower:
    """Train a follower behind eyes that have learnt; the same lesson and model give the same bits.

    Returns
    -------
    Follower
        In evaluation mode; its eyes are the lesson's.
    """
    config, progress, threads = lesson.config, lesson.progress, lesson.threads
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        follower = Follower(model, lesson.eyes)
    learner, sequences = ControllerLearner(follower, config), lesson.sequences
    with computing_with(threads):
        _learn(learner, sequences, 0, config.steps, progress)
        for round_ in range(1, config.rounds + 1):
            count, length = config.round_convoys, config.round_length
            progress.begin(f"drives round {round_}", count * length * (config.cars - 1), "frames")
            frames = collect(
                training_scenarios(config, config.seed, round_, count, length),
                length,
                _Corrected(follower.eval(), count * (config.cars - 1)),
                lesson.eyes.config.preprocess,
                cars=config.cars,
                pushed=ROUND_PUSHED,
                seed=(config.seed, round_),
                progress=progress,
                threads=threads,
            )
            sequences = sequences.joined(lesson.seen(frames, (config.seed, round_)))
            _learn(learner, sequences, round_, config.round_steps, progress)
    return follower.eval()


def expert_frames(
    config: ConvoyTrainConfig, eyes: EyesConfig, *, threads: int = 1, progress: Progress | None = None
) -> FollowerFrames:
    """Have the expert drive the convoys that followers begin to learn from."""
    progress = progress or Silent()
    progress.begin("expert drives", config.convoys * config.length * (config.cars - 1), "frames")
    with computing_with(threads):
        return collect(
            training_scenarios(config, config.data_seed, 0, config.convoys, config.length),
            config.length,
            lambda _, label: label.copy(),
            eyes.preprocess,
            cars=config.cars,
            pushed=1.0,
            seed=(config.data_seed, 0),
            progress=progress,
            threads=threads,
        )


def _learn(
    learner: ControllerLearner, sequences: FeatureSequences, round_: int, steps: int, progress: Progress
) -> None:
    progress.begin(f"train round {round_}" if round_ else "train", steps, "steps")
    losses: list[float] = []
    for step in range(steps):
        losses.append(learner.step(sequences, round_, step, steps))
        losses = _told(progress, losses, step, steps)


def _told(progress: Progress, losses: list[float], step: int, steps: int) -> list[float]:
    """Say now and then how large losses were; return those not yet told of."""
    if (step + 1) % _LOG_STEPS and step + 1 < steps:
        return losses
    progress.advance(step + 1, loss=float(np.mean(losses)))
    return []


def _stretches(lengths: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut drives into stretches: indices of frames (R, most), and how many of each row count; the last is repeated."""
    rows, counts, first = [], [], 0
    for length in lengths.tolist():
        for begin in range(0, length, most):
            count = min(most, length - begin)
            rows.append(first + begin + np.minimum(np.arange(most), count - 1))
            counts.append(count)
        first += length
    return np.array(rows, np.int64), np.array(counts, np.int64)


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
