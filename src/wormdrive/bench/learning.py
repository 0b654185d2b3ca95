"""How fast policies learn and drive: every stage of it beside what bounds it, in the same run."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import torch

from wormdrive.agents.policies.registry import build_policy
from wormdrive.bench.drawn_views import DrawnViews
from wormdrive.bench.driving_rate import driving_chunks
from wormdrive.bench.stopwatch import Chunk, compare
from wormdrive.envs.episodes.episode import Episode, episode_files
from wormdrive.envs.simulation.scenario_routes import forget_routes, route_of
from wormdrive.perception.head import ConvHead
from wormdrive.perception.kernels.chunks import computing_with
from wormdrive.training.config import TrainConfig, recipe
from wormdrive.training.frames import EpisodeFrames, draw_frames
from wormdrive.training.learner import Learner
from wormdrive.training.recorder import record
from wormdrive.training.sequence_sampler import generators

__all__ = ["BARS", "bench_learning"]

BARS: Final = {"ratio": {"train": 0.85, "head": 1.5, "draw": 0.8, "drive": 0.8}}
"""What is wanted at least."""

_RECORDED: Final = 400
_DRAWN_TOGETHER: Final = 16
_TRAINED_ON: Final = 48


def bench_learning(
    *, seconds: float = 1.0, rounds: int = 5, progress: Callable[[str], None] | None = None
) -> dict[str, dict[str, float]]:
    """Measure the stages of the recipe ``demo``, in one thread, in the processor's time.

    Returns
    -------
    dict
        ``ratio``: ``train``, a training step's rate by that of the head alone, forward and backward; ``head``, that by
        the same in plain torch; ``draw``, drawing for training by the camera alone on the same views, with routes that
        recording has found in the same process, as in the demo (``draw_afresh``: without); ``drive``, driving in closed
        loop by what the camera and ``Policy.act`` allow one after the other. ``frames_per_second`` of each stage.
    """
    with tempfile.TemporaryDirectory() as folder, computing_with(1):
        record(recipe("demo").record.model_copy(update={"episodes": _RECORDED}), Path(folder) / "episodes")
        episodes = [Episode.load(file) for file in episode_files(Path(folder) / "episodes")]
        chunks = {
            "record": _recording(Path(folder) / "again"),
            **_drawing(episodes),
            **_training(episodes[:_TRAINED_ON]),
            **driving_chunks(),
        }
        rates = compare(chunks, seconds=seconds, rounds=rounds, progress=progress)
    bound = 1 / (1 / rates["camera while driving"] + 1 / rates["act"])
    return {
        "ratio": {
            "train": rates["train"] / rates["head, forward and backward"],
            "head": rates["head, forward and backward"] / rates["head, forward and backward, plain torch"],
            "draw": rates["draw"] / rates["camera while drawing"],
            "draw_afresh": rates["draw, routes unknown"] / rates["camera while drawing"],
            "drive": rates["drive"] / bound,
        },
        "frames_per_second": {**rates, "camera and act": bound},
    }


def _recording(folder: Path) -> Chunk:
    config = recipe("demo").record.model_copy(update={"episodes": 64})

    def chunk() -> tuple[int, float]:
        forget_routes()
        began = time.process_time()
        frames = record(config, folder, overwrite=True).frames
        return frames, time.process_time() - began

    return chunk


def _drawing(episodes: list[Episode]) -> dict[str, Chunk]:
    """Draw some episodes after others, as training does: with routes known from recording, and afresh."""
    config = recipe("demo").train
    policy = build_policy({"kind": config.model, **config.policy})
    views, turn = DrawnViews(episodes[0].camera), 0

    def draw(*, afresh: bool) -> tuple[int, float]:
        nonlocal turn
        chosen = [episodes[(turn + k) % len(episodes)] for k in range(_DRAWN_TOGETHER)]
        turn += _DRAWN_TOGETHER
        forget_routes()
        if not afresh:
            for episode in chosen:
                route_of(episode.scenario)
        began = time.process_time()
        drawn = draw_frames(chosen, policy.config.preprocess)
        return sum(map(len, drawn)), time.process_time() - began

    with views.noted():
        draw(afresh=True)
    return {
        "draw": partial(draw, afresh=False),
        "draw, routes unknown": partial(draw, afresh=True),
        "camera while drawing": _camera(views),
    }


def _camera(views: DrawnViews) -> Chunk:
    def chunk() -> tuple[int, float]:
        began = time.process_time()
        pictures = views.draw()
        return sum(map(len, pictures)), time.process_time() - began

    return chunk


def _training(episodes: list[Episode]) -> dict[str, Chunk]:
    config = recipe("demo").train
    torch.manual_seed(config.seed)
    policy = build_policy({"kind": config.model, **config.policy})
    learner = Learner(policy, config, episodes[0].camera, bf16=False)
    return _Step(learner, config, draw_frames(episodes, policy.config.preprocess)).chunks()


class _Step:
    """A training step, whole and in parts, always on the same windows."""

    def __init__(self, learner: Learner, config: TrainConfig, frames: list[EpisodeFrames]) -> None:
        self.learner, self.policy, self.count = learner, learner.policy, config.batch * config.window
        self.sampler = learner.episodes(frames)
        choose, self.rng = generators(config.seed, 0, 0)
        self.batch = self.sampler.gather(self.sampler.choose(config.batch, choose))
        self.augmented = self.augment()
        self.images = self.policy.preprocessor(self.augmented.flatten(0, 1))
        self.steps = 0

    def chunks(self) -> dict[str, Chunk]:
        """Return the step's parts by name."""
        _, head = self.policy.eyes
        parts: dict[str, Callable[[], object]] = {
            "augment": self.augment,
            "normalise": lambda: self.policy.preprocessor(self.augmented.flatten(0, 1)),
            "head, forward": self._forward,
            "head, forward and backward": lambda: _learn(head, head(self.images)),
            "head, forward and backward, plain torch": self._plain,
            "head and controller, forward and backward": self._controlled,
            "train": self._step,
        }
        return {name: self._chunk(work) for name, work in parts.items()}

    def augment(self) -> torch.Tensor:
        """Augment the windows: (B, T, C, h, w) in [0, 1]."""
        return self.learner.augmentation(self.batch.images, self.batch.classes, self.batch.pose, self.rng)

    def _forward(self) -> None:
        with torch.inference_mode():
            self.policy.head(self.images)

    def _plain(self) -> None:
        _, head = self.policy.eyes
        head.fused = False
        try:
            _learn(head, head(self.images))
        finally:
            head.fused = ConvHead.fused

    def _controlled(self) -> None:
        images, policy = self.images.view(*self.augmented.shape[:2], *self.images.shape[1:]), self.policy
        features = policy.head(images.flatten(0, 1)).unflatten(0, images.shape[:2])
        _learn(policy, policy._control(features, policy.initial_state(len(images)), 1.0)[0])

    def _step(self) -> None:
        self.learner.step(self.sampler, 0, self.steps % 100, 100)
        self.steps += 1

    def _chunk(self, work: Callable[[], object]) -> Chunk:
        def chunk() -> tuple[int, float]:
            began = time.process_time()
            work()
            return self.count, time.process_time() - began

        return chunk


def _learn(module: torch.nn.Module, output: torch.Tensor) -> None:
    module.zero_grad()
    output.sum().backward()  # type: ignore[no-untyped-call]
