from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.ncp_policy import NCPPolicy, NCPPolicyConfig
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import save_policy
from wormdrive.envs.common.errors import ArgumentError, MapError, ModelError
from wormdrive.scenarios.candidate import load_candidate, policy_candidate
from wormdrive.scenarios.evaluate import embedded, evaluate
from wormdrive.scenarios.junctions import near_junction
from wormdrive.scenarios.record_videos import record_season_videos
from wormdrive.scenarios.suite import Suite, load_suite


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite("demo").narrowed(episodes=2, weathers=["day", "night"], route_length_m=60.0)


@pytest.fixture(scope="module")
def policy() -> NCPPolicy:
    torch.manual_seed(3)
    return NCPPolicy(NCPPolicyConfig()).eval()


def test_the_expert_passes_and_has_no_parameters(suite: Suite) -> None:
    shares: list[float] = []
    evaluation, drives = evaluate(
        load_candidate("expert"), suite, embedded(), progress=lambda done, of, share: shares.append(share)
    )
    assert (evaluation.model, evaluation.suite, evaluation.parameters) == ("expert", "demo", None)
    assert [(row.season, row.weather) for row in evaluation.rows] == suite.all_conditions == list(drives)
    assert all(row.success_rate == 1.0 and row.episodes == 2 for row in evaluation.rows)
    assert all(row.ci95 == pytest.approx((0.3424, 1.0), abs=1e-4) for row in evaluation.rows)
    assert all(row.distance_m == pytest.approx(120.0, abs=1.0) for row in evaluation.rows)
    assert evaluation.failures == ()
    assert shares[-1] == 1.0
    for condition in suite.all_conditions:
        assert [drive.scenario for drive in drives[condition]] == suite.scenarios(condition)


def test_a_policy_drives_the_same_whatever_the_batch(suite: Suite, policy: NCPPolicy) -> None:
    candidate = policy_candidate(policy, "untrained")
    one, drives_of_one = evaluate(candidate, suite, embedded(2), worlds=16)
    other, drives_of_other = evaluate(candidate, suite, embedded(), worlds=5)
    assert one == other
    assert one.successes < one.episodes, "an untrained network should leave the lane"
    for condition, held in drives_of_one.items():
        for a, b in zip(held, drives_of_other[condition], strict=True):
            np.testing.assert_array_equal(a.lateral_offset_m, b.lateral_offset_m)
            np.testing.assert_array_equal(a.steer_angle_rad, b.steer_angle_rad)
    assert len(one.failures) == one.episodes - one.successes
    failure = one.failures[0]
    drive = drives_of_one[failure.season, failure.weather][failure.episode]
    assert (failure.reason, failure.map, failure.seed) == (drive.end_reason, "country_loop", drive.scenario.seed)
    assert failure.station_m == pytest.approx(float(drive.station_m[-1]))


def test_parameters_of_head_and_network_are_told_apart() -> None:
    counted = policy_candidate(NCPPolicy(NCPPolicyConfig.paper()), "paper").parameters
    assert counted is not None
    assert (counted.head, counted.network, counted.neurons, counted.synapses) == (79_420, 1_065, 19, 252)
    trainable = sum(p.numel() for p in NCPPolicy(NCPPolicyConfig.paper()).parameters())
    assert counted.head + counted.network + counted.maps == trainable
    plain = policy_candidate(build_policy({"kind": "feedforward"}), "plain")
    assert plain.wiring is None
    assert plain.effect is None
    assert plain.parameters is not None
    assert plain.parameters.neurons is None


def test_candidates_are_found_by_folder(tmp_path: Path, policy: NCPPolicy) -> None:
    save_policy(policy, tmp_path / "mine")
    candidate = load_candidate(tmp_path / "mine")
    assert candidate.name == str(tmp_path / "mine")
    assert candidate.wiring == policy.config.wiring
    effect = candidate.effect
    assert effect is not None
    assert effect.shape == (252,)
    np.testing.assert_array_equal(np.sign(effect), policy.config.wiring.polarities)
    with pytest.raises(ModelError, match="nobody"):
        load_candidate("nobody")


def test_bad_arguments_are_named(suite: Suite) -> None:
    with pytest.raises(ArgumentError, match="worlds=0"):
        evaluate(load_candidate("expert"), suite, embedded(), worlds=0)
    with pytest.raises(MapError, match=r"no-such\.xodr"):
        evaluate(load_candidate("expert"), suite.narrowed(maps=["no-such.xodr"]), embedded())


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


def test_junctions_are_found_on_the_map() -> None:
    assert not near_junction("country_loop", 0.0, 0.0)
    from wormdrive.envs.roads import read_map

    crossing = next(road for road in read_map("suburb").roads.values() if road.junction_id is not None)
    middle = crossing.line.at(np.array([0.5 * crossing.length_m]))
    assert near_junction("suburb", float(middle.x[0]), float(middle.y[0]))
    assert not near_junction("suburb", float(middle.x[0]) + 5000.0, float(middle.y[0]))
