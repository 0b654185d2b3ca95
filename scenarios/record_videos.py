"""Record videos: drive one episode a season with the camera running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.policies.policy import Policy
from wormdrive.envs.simulation.camera_config import CameraConfig
from wormdrive.envs.simulation.observation import END_REASONS
from wormdrive.perception.saliency import visual_backprop
from wormdrive.scenarios.candidate import Candidate
from wormdrive.scenarios.evaluate import WORLDS, MakeSimulator
from wormdrive.scenarios.suite import Condition, Suite
from wormdrive.scenarios.video import DriveVideo

__all__ = ["record_season_videos"]

EVERY = 2
"""One picture is kept of so many frames."""

_CHUNK = 64


def record_season_videos(
    candidate: Candidate,
    suite: Suite,
    make_simulator: MakeSimulator,
    *,
    worlds: int = WORLDS,
    weather: str = "day",
    seconds: float = 10.0,
) -> list[DriveVideo]:
    """Record the first episode of a weather in each season of the suite, ``worlds`` of them side by side.

    A season without that weather is recorded in its first one. A video ends with its drive, or after ``seconds``.
    """
    conditions = [(season, weather if weather in held else held[0]) for season, held in suite.conditions.items()]
    batches = [conditions[begin : begin + worlds] for begin in range(0, len(conditions), worlds)]
    return [video for batch in batches for video in _record(candidate, suite, make_simulator, batch, seconds)]


def _record(
    candidate: Candidate, suite: Suite, make_simulator: MakeSimulator, conditions: Sequence[Condition], seconds: float
) -> list[DriveVideo]:
    simulator = make_simulator(len(conditions), candidate.camera or CameraConfig())
    try:
        driver = candidate.make_driver(simulator)
        observation = simulator.reset([suite.scenarios(condition)[0] for condition in conditions])
        driver.reset(np.ones(len(conditions), np.bool_))
        frames, curvature, ended = [], [], np.full(len(conditions), -1)
        reason = np.zeros(len(conditions), np.int8)
        for step in range(max(EVERY, round(seconds / simulator.dt_s))):
            assert observation.camera is not None  # noqa: S101 - asked for above
            frames.append(observation.camera)
            curvature.append(observation.state.curvature.astype(np.float32))
            observation = simulator.step(driver.act(observation))
            over = (observation.end_reason != 0) & (ended < 0)
            ended[over], reason[over] = step + 1, observation.end_reason[over]
            if (ended >= 0).all():
                break
        policy = candidate.policy if candidate.camera is not None else None  # one that looks at what is filmed
        videos = []
        for world, (season, kind) in enumerate(conditions):
            end = len(frames) if ended[world] < 0 else max(int(ended[world]), 1)
            seen = np.stack([frame[world] for frame in frames[:end]])
            videos.append(
                DriveVideo(
                    season=season,
                    weather=kind,
                    end_reason=END_REASONS[reason[world]],
                    fps=1.0 / (EVERY * simulator.dt_s),
                    frames=seen[::EVERY],
                    saliency=None if policy is None else _saliency(policy, seen[::EVERY]),
                    dt_s=simulator.dt_s,
                    activity=None if policy is None else _activity(policy, seen, simulator.dt_s),
                    curvature=np.array([sample[world] for sample in curvature[:end]], np.float32),
                )
            )
        return videos
    finally:
        simulator.close()


def _saliency(policy: Policy, frames: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Where the policy looks in each frame (T, H, W, 3): (T, H, W) in [0, 1]."""
    maps = [visual_backprop(*policy.eyes, chunk) for chunk in _chunks(frames, policy.device)]
    saliency: NDArray[np.float32] = torch.cat(maps).cpu().numpy()
    return saliency


@torch.inference_mode()
def _activity(policy: Policy, frames: NDArray[np.uint8], dt_s: float) -> NDArray[np.float32]:
    """Every neuron's state in every frame (T, H, W, 3) of one drive: (T, N)."""
    images = torch.cat([policy.preprocessor.reduce(chunk) for chunk in _chunks(frames, policy.device)])
    trace = policy.trace(images.unsqueeze(0), policy.initial_state(1), dt_s / policy.config.sample_period_s)
    activity: NDArray[np.float32] = trace.activity[0].cpu().numpy()
    return activity


def _chunks(frames: NDArray[np.uint8], device: torch.device) -> Iterator[Tensor]:
    """Frames in pieces that fit a processor's cache."""
    for begin in range(0, len(frames), _CHUNK):
        yield torch.from_numpy(frames[begin : begin + _CHUNK]).to(device)
