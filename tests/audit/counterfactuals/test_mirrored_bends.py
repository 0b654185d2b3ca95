"""Mirrored bends: of answers whose slope is known, of small policies that see one thing, and of one that drives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.feedforward_policy import FeedForwardPolicy
from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.counterfactuals import mirrored_bends
from wormdrive.audit.counterfactuals.mirrored_bends import compare, mirror_bends
from wormdrive.audit.counterfactuals.responses import RUN_UP, Moment, Responses, respond
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.told_policy import told_policy
from wormdrive.perception.road_state import SCALE

RNG = np.random.default_rng(0)
BENDS = RNG.uniform(1 / 150, 1 / 60, 400)


@pytest.fixture(scope="module")
def moments() -> list[Moment]:
    """Moments at which the car stands where it stands, and not in the middle of its lane: the first 60 m, straight."""
    episodes = held_out_episodes(told_policy(), seasons=("summer",), routes=4, frames=150)
    return [Moment(e, frame, e.scenario) for e in episodes for frame in range(RUN_UP, 150, 16)]


def steering_by(left: float, right: float) -> FeedForwardPolicy:
    """Return a policy that is told the lane's curvature and steers ``left`` of it, of one to the right ``right``."""
    policy = told_policy()
    with torch.no_grad():
        policy.output.weight.zero_()
        policy.output.weight[0, 2], policy.output.weight[0, 5] = (
            side * SCALE[2] / policy.config.output_scale for side in (left, -right)
        )
        policy.output.bias.fill_(0.3)
    return policy


def test_an_answer_to_the_bend_alone() -> None:
    found = compare(0.8 * BENDS, -0.8 * BENDS, BENDS)
    assert found.moments == 400
    assert found.slope == pytest.approx(-1.0)
    assert found.slope_ci95 == pytest.approx((-1.0, -1.0))
    assert (found.left_gain, found.right_gain) == pytest.approx((0.8, 0.8))


def test_answers_that_are_the_scenerys_doing() -> None:
    found = compare(RNG.normal(size=400), RNG.normal(size=400), BENDS / BENDS.mean())
    assert found.slope == pytest.approx(0.0, abs=0.15)
    assert found.slope_ci95[0] < 0.0 < found.slope_ci95[1]
    assert (found.left_gain, found.right_gain) == pytest.approx((0.0, 0.0), abs=0.15)


def test_it_does_not_matter_which_way_is_called_left() -> None:
    to_left, to_right = BENDS + RNG.normal(0.0, 0.005, 400), RNG.normal(0.0, 0.005, 400) - 0.5 * BENDS
    found, turned = compare(to_left, to_right, BENDS), compare(-to_right, -to_left, BENDS)
    assert found.slope == pytest.approx(turned.slope)
    assert found.left_gain == pytest.approx(turned.right_gain)


def test_scenery_pulls_at_the_slope_and_not_at_the_gains() -> None:
    noise = RNG.normal(0.0, 0.01, (2, 400))
    found = compare(BENDS + noise[0], noise[1] - BENDS, BENDS)
    signal = np.square(BENDS).mean()
    assert found.slope == pytest.approx(-signal / (signal + 1e-4), abs=0.1)
    assert found.slope_ci95[0] < found.slope < found.slope_ci95[1] < -0.3
    for gain, (low, high) in ((found.left_gain, found.left_gain_ci95), (found.right_gain, found.right_gain_ci95)):
        assert gain == pytest.approx(1.0, abs=0.15)
        assert low < 1.0 < high


def test_who_steers_what_the_lane_does(moments: list[Moment]) -> None:
    found = mirror_bends(steering_by(1.0, 1.0), moments)
    assert (found.slope, found.left_gain, found.right_gain) == pytest.approx((-1.0, 1.0, 1.0), abs=1e-4)
    assert found.slope_ci95 == pytest.approx((-1.0, -1.0), abs=1e-4)


def test_who_does_not_look(moments: list[Moment]) -> None:
    found = mirror_bends(steering_by(0.0, 0.0), moments)
    assert (found.slope, found.left_gain, found.right_gain) == (0.0, 0.0, 0.0)


def test_who_knows_a_bend_but_not_which_way_it_goes(moments: list[Moment]) -> None:
    found = mirror_bends(steering_by(1.0, -1.0), moments)
    assert (found.slope, found.left_gain, found.right_gain) == pytest.approx((1.0, 1.0, -1.0), abs=1e-4)


def test_who_knows_bends_to_the_left_alone(moments: list[Moment]) -> None:
    found = mirror_bends(steering_by(1.0, 0.0), moments)
    assert (found.slope, found.left_gain, found.right_gain) == pytest.approx((0.0, 1.0, 0.0), abs=1e-4)


def test_of_who_is_told_the_road_offsets_do_not_count(moments: list[Moment]) -> None:
    found = mirror_bends(told_policy(), moments)
    assert found.slope == pytest.approx(-1.0, abs=1e-4)
    assert found.left_gain == pytest.approx(found.right_gain, abs=1e-4)
    assert 0.5 < found.left_gain < 1.5


def test_frames_before_a_moment_show_its_bend_and_no_two_showings_the_same_trees(
    moments: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    showings = []

    def watched(policy: FeedForwardPolicy, shown: Sequence[Moment], threads: int = 1) -> Responses:
        showings.append(shown)
        return respond(policy, shown, threads=threads)

    monkeypatch.setattr(mirrored_bends, "respond", watched)
    mirror_bends(told_policy(), moments)
    seen = np.array([_curvatures(moment) for shown in showings for moment in shown]).reshape(4, len(moments), -1)
    left, right = seen[:2]
    assert np.array_equal(left, -right)
    assert not seen[2:].any()
    assert np.all((left >= 1 / 150) & (left <= 1 / 60))
    assert np.ptp(left, axis=1) == pytest.approx(0.0)
    assert len(np.unique(left[:, 0])) == len(moments)
    assert len({moment.scenario.seed for shown in showings for moment in shown}) == 4 * len(moments)


def _curvatures(moment: Moment) -> np.ndarray:
    assert moment.state is not None
    return moment.state.curvature[moment.frame - RUN_UP : moment.frame + 1]


@pytest.mark.slow
def test_a_policy_that_drives_answers_the_other_way_round(moments: list[Moment]) -> None:
    found = mirror_bends(load_policy("ncp"), moments)
    assert found.slope_ci95[1] < -0.5
    assert 0.5 < found.left_gain < 1.5
    assert 0.5 < found.right_gain < 1.5
    assert found == mirror_bends(load_policy("ncp"), moments), "the same seed gives the same bits"


@pytest.mark.slow
def test_who_sees_brightness_alone_does_not(moments: list[Moment], monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "feedforward"})

    def brightness(frames: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(frames.mean((1, 2, 3)) / 255).float()[:, None].expand(-1, 32).contiguous()

    monkeypatch.setattr(policy, "frame_features", brightness)
    found = mirror_bends(policy, moments)
    assert found.slope_ci95[1] > -0.3
    assert abs(found.left_gain) < 0.1
    assert abs(found.right_gain) < 0.1
