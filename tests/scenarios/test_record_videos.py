from __future__ import annotations

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.scenarios.candidate import load_candidate, policy_candidate
from wormdrive.scenarios.evaluate import embedded, evaluate
from wormdrive.scenarios.record_videos import record_season_videos
from wormdrive.scenarios.suite import Suite, load_suite


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite("demo").narrowed(episodes=1, weathers=["day", "night"], route_length_m=60.0)


@pytest.fixture(scope="module")
def policy() -> NCPPolicy:
    torch.manual_seed(3)
    return NCPPolicy(NCPPolicyConfig()).eval()


def test_videos_show_each_season_on_the_same_road(suite: Suite, policy: NCPPolicy) -> None:
    videos = record_season_videos(policy_candidate(policy, "untrained"), suite, embedded(), seconds=0.5)
    assert [video.season for video in videos] == ["summer", "autumn", "winter", "spring"]
    for video in videos:
        assert video.frames.shape[1:] == (78, 200, 3)
        assert video.saliency is not None
        assert video.saliency.shape == video.frames.shape[:3]
        assert 0.0 <= video.saliency.min() < video.saliency.max() <= 1.0
        assert video.activity is not None
        assert video.activity.shape == (len(video.curvature), 19)
        assert np.ptp(video.activity, axis=0).max() > 0.0
        assert len(video.frames) == (len(video.curvature) + 1) // 2
        assert video.fps == pytest.approx(15.0)
    assert np.abs(videos[0].frames[0].astype(int) - videos[2].frames[0]).mean() > 10.0, "winter looks like summer"
    expert = record_season_videos(load_candidate("expert"), suite, embedded(), seconds=0.2)
    assert expert[0].saliency is None
    assert expert[0].activity is None


def test_a_video_ends_with_its_drive(suite: Suite, policy: NCPPolicy) -> None:
    candidate = policy_candidate(policy, "untrained")
    _, drives = evaluate(candidate, suite.narrowed(weathers=["night"]), embedded())
    videos = record_season_videos(candidate, suite, embedded(), weather="night", seconds=60.0)
    assert len({len(video.curvature) for video in videos}) > 1
    for video in videos:
        (drive,) = drives[video.season, "night"]
        assert video.end_reason == drive.end_reason == "lane_departure"
        np.testing.assert_array_equal(video.curvature, drive.curvature[:-1])  # a drive also holds where it ended
        assert len(video.frames) == (len(video.curvature) + 1) // 2


def test_a_video_stops_after_its_seconds(suite: Suite, policy: NCPPolicy) -> None:
    one = suite.narrowed(seasons=["summer"])
    (video,) = record_season_videos(policy_candidate(policy, "untrained"), one, embedded(), seconds=0.3)
    assert (video.end_reason, len(video.curvature)) == ("", 9)
