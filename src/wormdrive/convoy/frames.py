"""Frames: what followers saw of convoys that were driven, with what the expert would have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wormdrive.agents.convoy_expert import ConvoyExpert, follower_commands
from wormdrive.convoy.config import CAMERA, ConvoyTrainConfig
from wormdrive.convoy.follower import SCALE
from wormdrive.envs.convoy.scenario import ConvoyScenario, route_length_m
from wormdrive.envs.convoy.simulator import ConvoyObservation, ConvoySimulator
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES
from wormdrive.envs.simulation.scenario import Scenario
from wormdrive.perception.augment_geometry import RoadPose
from wormdrive.perception.preprocess import PreprocessConfig, Preprocessor
from wormdrive.scenarios.suite import FIRST_ROUTE_SEED, FIRST_SEED
from wormdrive.training.domain_randomization import draw_conditions, steering_disturbance
from wormdrive.training.progress import Progress

__all__ = ["FeatureSequences", "FollowerFrames", "Pilot", "collect", "training_scenarios"]

Pilot = Callable[[ConvoyObservation, NDArray[np.float64]], NDArray[np.float64]]
"""(observation, the expert's (W, N - 1, 2)) -> curvature [1/m] and acceleration [m/s²] to drive (W, N - 1, 2)."""

LANE_M: Final = 3.5
USUAL_GAP_M: Final = 12.0
"""What is read of gaps is the logarithm of their ratio to this: a car twice as far looks half as wide."""
LEAST_GAP_M: Final = 0.5
"""A nearer car is read as this near: a collision's gap has no logarithm."""
POSE_SCALE: Final = (1.0, 0.2, 0.1)
"""What 1 stands for where a pose is read: offset [m], heading error [rad], curvature [1/m]."""
PUSH_LIMIT_M: Final = 0.9
"""Farther off the lane's centre than this nothing pushes a car outwards [m]."""
NEAR: Final = 0.45
"""As a share of the wanted gap: nothing pushes a car nearer."""
STEERING_PUSH: Final = 0.8
"""Strength of ``steering_disturbance``: harder, and a convoy of three followers often loses one."""
ACCELERATION_PUSH: Final = (-3.0, 1.5)
"""Pushes along the road [m/s²]: against the expert's own gain they make gaps up to 10 m wider or 5 m narrower."""
_STREAM: Final = 0xC0_4404


@dataclass(frozen=True)
class FollowerFrames:
    """E drives of one follower each, one behind the other.

    Attributes
    ----------
    images:
        (M, C, h, w) float16 in [0, 1].
    classes:
        (M, h, w) uint8: CARLA's segmentation numbers.
    pose:
        Offset [m], heading error [rad], curvature [1/m] and lane width [m] of each frame, (M, 4) float32.
    target:
        (M, 6) float32: the expert's curvature and acceleration in units of ``SCALE``; the gap's logarithm, less that
        of ``USUAL_GAP_M``; offset, heading error and the road's curvature in units of ``POSE_SCALE``.
    lengths:
        (E,) int64: frames of each drive.
    """

    images: Tensor
    classes: Tensor
    pose: Tensor
    target: Tensor
    lengths: NDArray[np.int64]

    def road_pose(self, index: NDArray[np.int64]) -> RoadPose:
        """Where the cars stood on their roads: of frames (B, T), or any shape."""
        return RoadPose(*(column.contiguous() for column in self.pose[torch.from_numpy(index)].unbind(-1)))


@dataclass(frozen=True)
class FeatureSequences:
    """What eyes saw: ``features`` (M, F) and ``target`` (M, 6) of stretches, of so many frames each."""

    features: Tensor
    target: Tensor
    lengths: NDArray[np.int64]

    def joined(self, other: FeatureSequences) -> FeatureSequences:
        """Return these and others."""
        features, target = torch.cat([self.features, other.features]), torch.cat([self.target, other.target])
        return FeatureSequences(features, target, np.concatenate([self.lengths, other.lengths]))


def training_scenarios(
    config: ConvoyTrainConfig, seed: int, round_: int, count: int, length: int
) -> list[ConvoyScenario]:
    """Draw convoys in summer's day in many lights, profiles in turn, with seeds that no test uses."""
    duration_s = length * 0.1
    drawn = []
    for index in range(count):
        random = np.random.default_rng([seed, _STREAM, round_, index])
        road = Scenario(
            map=config.map,
            conditions=draw_conditions("summer", ("day",), random),
            route_seed=int(random.integers(FIRST_ROUTE_SEED)),
            route_length_m=route_length_m(duration_s, config.cars),
            seed=int(random.integers(FIRST_SEED)),
            time_limit_s=duration_s,
        )
        drawn.append(ConvoyScenario(road=road, profile=EVERYDAY_PROFILES[index % len(EVERYDAY_PROFILES)]))
    return drawn


def collect(
    scenarios: Sequence[ConvoyScenario],
    length: int,
    pilot: Pilot,
    preprocess: PreprocessConfig,
    *,
    cars: int,
    pushed: float,
    seed: Sequence[int],
    progress: Progress,
    threads: int = 1,
) -> FollowerFrames:
    """Drive convoys for ``length`` actions and keep what each follower saw, until its convoy's drive ended.

    Parameters
    ----------
    pilot:
        Drives the followers.
    pushed:
        Strength of what pushes them now and then, across and along the road; 0 is none.
    seed:
        Of the pushes.
    """
    simulator = ConvoySimulator(len(scenarios), cars, camera=CAMERA, segmentation=True, threads=threads)
    expert, reducer, step_px = ConvoyExpert(simulator), Preprocessor(preprocess), preprocess.downsample
    shape = (len(scenarios), cars - 1)
    aside, along = _pushes(shape, length, simulator.dt_s, pushed, np.random.default_rng([_STREAM, *seed]))
    kept: list[tuple[Tensor, Tensor, Tensor, Tensor, NDArray[np.bool_]]] = []
    try:
        shown = simulator.reset(scenarios)
        for step in range(length):
            assert shown.camera is not None  # noqa: S101  (asked for)
            assert shown.segmentation is not None  # noqa: S101
            label = expert.label(shown)
            frames = torch.from_numpy(shown.camera.reshape(-1, *shown.camera.shape[2:]))
            classes = shown.segmentation[..., preprocess.crop_top * step_px :: step_px, ::step_px]
            offset = shown.state.lateral_offset_m[:, 1:]
            pose = np.stack(
                [
                    offset,
                    shown.state.heading_error_rad[:, 1:],
                    shown.state.curvature[:, 1:],
                    np.full(shape, LANE_M),
                ],
                axis=-1,
            )
            gap = np.log(np.maximum(shown.gap_m, LEAST_GAP_M) / USUAL_GAP_M)
            target = np.concatenate([label / SCALE, gap[..., None], pose[..., :3] / POSE_SCALE], axis=-1)
            kept.append(
                (
                    reducer.reduce(frames).half(),
                    torch.from_numpy(classes.reshape(-1, *classes.shape[2:]).copy()),
                    torch.from_numpy(pose.reshape(-1, 4).astype(np.float32)),
                    torch.from_numpy(target.reshape(-1, target.shape[-1]).astype(np.float32)),
                    (shown.end_reason == 0).repeat(cars - 1),
                )
            )
            wanted = pilot(shown, label)
            outwards = (np.abs(offset) > PUSH_LIMIT_M) & (aside[step] * offset > 0.0)
            nearer = (shown.gap_m < NEAR * (shown.gap_m - shown.gap_error_m)) & (along[step] > 0.0)
            wanted[..., 0] += np.where(outwards, 0.0, aside[step])
            wanted[..., 1] += np.where(nearer, 0.0, along[step])
            shown = simulator.step(follower_commands(wanted, shown, simulator.embedded.parameters))
            progress.advance((step + 1) * shape[0] * shape[1])
            if shown.end_reason.all():
                break
    finally:
        simulator.close()
    return _by_follower(kept)


def _by_follower(kept: list[tuple[Tensor, Tensor, Tensor, Tensor, NDArray[np.bool_]]]) -> FollowerFrames:
    """Turn what was kept step by step into drives, each as long as its convoy drove."""
    driving = np.stack([step[4] for step in kept])
    lengths = driving.sum(axis=0).astype(np.int64)
    order = [(k, t) for k, length in enumerate(lengths.tolist()) for t in range(length)]
    parts = [torch.stack([kept[t][part][k] for k, t in order]) for part in range(4)]
    return FollowerFrames(parts[0], parts[1], parts[2], parts[3], lengths)


def _pushes(
    shape: tuple[int, int], length: int, dt_s: float, strength: float, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Curvature [1/m] and acceleration [m/s²] to add, (length, W, N - 1) each."""
    aside, along = np.zeros((length, *shape)), np.zeros((length, *shape))
    for convoy in range(shape[0]):
        for car in range(shape[1]):
            aside[:, convoy, car] = steering_disturbance(length, dt_s, STEERING_PUSH * strength, random)
            at = 0
            while at < length:
                lasts, pause = int(random.integers(10, 80)), int(random.integers(0, 40))
                along[at : at + lasts, convoy, car] = strength * random.uniform(*ACCELERATION_PUSH)
                at += lasts + pause
    return aside, along
