from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.convoy.config import ConvoyTrainConfig, EyesConfig
from wormdrive.convoy.course import course
from wormdrive.convoy.follower import SCALE
from wormdrive.convoy.frames import POSE_SCALE, USUAL_GAP_M, FollowerFrames, collect, training_scenarios
from wormdrive.envs.convoy.speed_profile import EVERYDAY_PROFILES
from wormdrive.envs.simulation.semantic_labels import SemanticLabel
from wormdrive.training.progress import Silent

CONFIG = ConvoyTrainConfig.small()
PREPROCESS = EyesConfig().preprocess


def driven(pushed: float, steps: int = 32) -> FollowerFrames:
    scenarios = training_scenarios(CONFIG, 5, 0, 2, steps)
    return collect(
        scenarios, steps, lambda _, label: label.copy(), PREPROCESS, cars=3, pushed=pushed, seed=(1,), progress=Silent()
    )


def test_training_never_sees_what_is_tested() -> None:
    tested = {(one.road.route_seed, one.road.seed) for one in course("summer")}
    scenarios = training_scenarios(CONFIG, 0, 0, 200, 300)
    assert max(one.road.route_seed for one in scenarios) < min(route for route, _ in tested)
    assert max(one.road.seed for one in scenarios) < min(seed for _, seed in tested)
    assert [one.profile for one in scenarios[:4]] == list(EVERYDAY_PROFILES)
    assert {one.road.conditions.season.name for one in scenarios} == {"summer"}
    assert len({one.road.conditions for one in scenarios}) == 200


def test_frames_hold_what_followers_saw_and_what_the_expert_would_have_done() -> None:
    frames = driven(0.0)
    assert frames.lengths.tolist() == [32] * 4
    assert (frames.images.shape, frames.images.dtype) == ((128, 1, 39, 100), torch.float16)
    assert (frames.classes == int(SemanticLabel.CAR)).any(dim=2).any(dim=1).all(), "a car ahead is in every picture"
    gap_m = USUAL_GAP_M * frames.target[:, 2].exp()
    assert 5.0 < float(gap_m.min()) < float(gap_m.max()) < 25.0
    acceleration = frames.target[:, 1].numpy() * SCALE[1]
    assert np.abs(acceleration).max() < 7.0
    turned = frames.target[:, 0].numpy() * SCALE[0]
    assert torch.allclose(frames.target[:, 3:] * torch.tensor(POSE_SCALE), frames.pose[:, :3], atol=1e-6)
    assert np.abs(turned - frames.pose[:, 2].numpy()).max() < 0.05, "near the lane's centre one drives its curvature"


def test_pushes_drive_cars_off_and_the_expert_steers_against() -> None:
    still, pushed = driven(0.0), driven(0.7)
    assert float(pushed.pose[:, 0].abs().max()) > float(still.pose[:, 0].abs().max())
    assert float(pushed.target[:, 1].std()) > float(still.target[:, 1].std())
    offset, steered = pushed.pose[:, 0].numpy(), (pushed.target[:, 0] * SCALE[0] - pushed.pose[:, 2]).numpy()
    assert np.corrcoef(offset, steered)[0, 1] < -0.3


@pytest.mark.slow
def test_a_convoy_that_ends_early_is_kept_until_then() -> None:
    def coast(_: object, label: np.ndarray) -> np.ndarray:
        wanted = label.copy()
        wanted[0, 1] = (0.0, 2.0)
        return wanted

    scenarios = training_scenarios(CONFIG, 5, 0, 2, 120)
    frames = collect(scenarios, 120, coast, PREPROCESS, cars=3, pushed=0.0, seed=(1,), progress=Silent())
    assert frames.lengths[0] == frames.lengths[1] < frames.lengths[2] == frames.lengths[3] == 120
    assert len(frames.images) == frames.lengths.sum()
