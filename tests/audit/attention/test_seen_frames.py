"""Seen frames: drawn by a seed, met with the memory of the drive, and steered at as on the drive."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.audit.toys import drive_of, some_features
from wormdrive.agents.policies.policy import Policy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.attention.seen_frames import FIRST, RUN_UP, frames_held, sampled_frames, steered
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.traced_drive import TracedDrive, trace_episode
from wormdrive.envs.common.errors import ArgumentError, EpisodeError
from wormdrive.envs.embedded.episode_renderer import render_episode


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("ncp").eval()


@pytest.fixture(scope="module")
def drives(policy: Policy) -> list[TracedDrive]:
    episodes = held_out_episodes(policy, seasons=("summer", "winter"), routes=2, frames=24)
    return [trace_episode(policy, episode) for episode in episodes]


@pytest.mark.slow
def test_the_steering_at_a_frame_is_that_of_the_drive(policy: Policy, drives: list[TracedDrive]) -> None:
    sample = sampled_frames(policy, drives[:1], per_season=100)
    assert len(sample.seen) == 24 - FIRST
    curvature = steered(sample.seen.steering(policy), sample.seen.images, torch.arange(len(sample.seen)))
    assert curvature.numpy() == pytest.approx(drives[0].curvature[FIRST:], abs=1e-6)
    drawn = render_episode(drives[0].episode, frames=slice(FIRST, None), segmentation=True)
    assert np.array_equal(sample.seen.frames, drawn.camera)
    assert np.array_equal(sample.labels, drawn.segmentation)


@pytest.mark.slow
def test_the_seed_draws_so_many_of_each_season(policy: Policy, drives: list[TracedDrive]) -> None:
    sample, again, other = (sampled_frames(policy, drives, per_season=3, seed=seed) for seed in (1, 1, 2))
    assert sample.seasons == ("summer",) * 3 + ("winter",) * 3
    assert np.array_equal(sample.seen.frames, again.seen.frames)
    assert not np.array_equal(sample.seen.frames, other.seen.frames)
    part = sample.seen.some(np.array([4, 1]))
    assert np.array_equal(part.frames, sample.seen.frames[[4, 1]])
    assert torch.equal(part.images, sample.seen.images[[4, 1]])
    assert torch.equal(part.state, sample.seen.state[[4, 1]])


def test_what_cannot_be_drawn_is_refused(policy: Policy) -> None:
    with pytest.raises(ArgumentError, match=f"one has {FIRST} frames or fewer"):
        sampled_frames(policy, [drive_of(policy, some_features(FIRST))])
    drive = drive_of(policy, some_features(FIRST + 5))
    with pytest.raises(EpisodeError, match="of another simulator"):
        sampled_frames(policy, [replace(drive, episode=replace(drive.episode, simulator="carla"))])


@pytest.mark.slow
def test_a_still_picture_is_held_as_long_as_it_is_driven() -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "lstm"}).eval()
    frames = np.random.default_rng(0).integers(0, 256, (2, 78, 200, 3), np.uint8)
    state = policy.initial_state(2)
    for _ in range(RUN_UP):
        curvature, state = policy.act(frames, state, 1 / 30 / policy.config.sample_period_s)
    seen = frames_held(policy, frames)
    assert torch.equal(seen.state, state)
    after = steered(seen.steering(policy), seen.images, torch.arange(2)).numpy()
    assert after == pytest.approx(curvature, abs=1e-3), "it has come up"
