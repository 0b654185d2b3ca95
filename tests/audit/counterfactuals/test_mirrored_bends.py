from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from wormdrive.agents.policies.registry import build_policy
from wormdrive.agents.policies.serialization import load_policy
from wormdrive.audit.counterfactuals import mirrored_bends
from wormdrive.audit.counterfactuals.mirrored_bends import compare, mirror_bends
from wormdrive.audit.counterfactuals.responses import RUN_UP, Moment, Responses
from wormdrive.audit.held_out import held_out_episodes
from wormdrive.audit.told_policy import told_policy

RNG = np.random.default_rng(0)
BENDS = RNG.normal(0.0, 0.01, 400)


@pytest.fixture(scope="module")
def moments() -> list[Moment]:
    """Moments at which the car stands where it stands, and not in the middle of its lane."""
    episodes = held_out_episodes(told_policy(), seasons=("summer",), routes=6, frames=200)
    return [Moment(e, frame, e.scenario) for e in episodes for frame in range(RUN_UP, 200, 16)]


def test_an_answer_to_the_bend_alone() -> None:
    found = compare(0.8 * BENDS, -0.8 * BENDS, BENDS)
    assert found.slope == pytest.approx(-1.0)
    assert found.slope_ci95 == pytest.approx((-1.0, -1.0))
    assert (found.gain, found.mirrored_gain) == pytest.approx((0.8, 0.8))


def test_answers_that_are_the_scenerys_doing() -> None:
    found = compare(RNG.normal(size=400), RNG.normal(size=400), BENDS / BENDS.std())
    assert found.slope == pytest.approx(0.0, abs=0.15)
    assert found.slope_ci95[0] < 0.0 < found.slope_ci95[1]
    assert (found.gain, found.mirrored_gain) == pytest.approx((0.0, 0.0), abs=0.15)
    assert compare(np.zeros(9), np.zeros(9), BENDS[:9]).slope == 0.0


def test_who_knows_a_bend_but_not_which_way_it_goes() -> None:
    assert compare(np.abs(BENDS), np.abs(BENDS), BENDS).slope == pytest.approx(1.0)


def test_scenery_pulls_at_the_slope_and_not_at_the_gains() -> None:
    noise = RNG.normal(0.0, 0.01, (2, 400))
    found = compare(BENDS + noise[0], noise[1] - BENDS, BENDS)
    assert found.slope == pytest.approx(-0.5, abs=0.1)
    assert found.slope_ci95[0] < found.slope < found.slope_ci95[1] < -0.3
    assert (found.gain, found.mirrored_gain) == pytest.approx((1.0, 1.0), abs=0.15)
    assert found.gain_ci95[0] < 1.0 < found.gain_ci95[1]
    assert found.mirrored_gain_ci95[0] < 1.0 < found.mirrored_gain_ci95[1]


def test_a_straight_road_has_nothing_to_mirror(moments: list[Moment]) -> None:
    bends = [moment for moment in moments if abs(moment.episode.state.curvature[moment.frame]) >= 0.002]
    straight = [moment for moment in moments if moment not in bends]
    assert straight
    assert mirror_bends(told_policy(), [*straight, *bends[:7]]) is None
    assert mirror_bends(told_policy(), [*straight, *bends[:8]]) == mirror_bends(told_policy(), bends, most=8)


def test_answers_that_scatter_more_than_bends_differ_tell_nothing(
    moments: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    def scatter(_policy: object, shown: Sequence[Moment], threads: int = 1) -> Responses:
        return Responses(RNG.normal(0.0, 0.1, len(shown)), np.empty((0, 0)), np.empty((0, 0)), None)

    monkeypatch.setattr(mirrored_bends, "respond", scatter)
    assert mirror_bends(told_policy(), moments) is None


def test_of_who_is_told_the_road_the_slope_is_minus_1(moments: list[Moment]) -> None:
    found = mirror_bends(told_policy(), moments)
    assert found is not None
    assert found.slope == pytest.approx(-1.0, abs=1e-4)
    assert found.slope_ci95 == pytest.approx((-1.0, -1.0), abs=1e-4)
    assert found.gain == pytest.approx(found.mirrored_gain, abs=1e-4)
    assert 0.5 < found.gain < 1.5


@pytest.mark.slow
def test_a_policy_that_drives_answers_the_other_way_round(moments: list[Moment]) -> None:
    found = mirror_bends(load_policy("ncp"), moments)
    assert found is not None
    assert found.slope_ci95[1] < 0.0
    assert 0.5 < found.gain < 1.5
    assert 0.5 < found.mirrored_gain < 1.5
    assert found == mirror_bends(load_policy("ncp"), moments), "the same seed gives the same bits"


@pytest.mark.slow
def test_who_sees_brightness_alone_does_not(moments: list[Moment], monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    policy = build_policy({"kind": "feedforward"})

    def brightness(frames: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(frames.mean((1, 2, 3)) / 255).float()[:, None].expand(-1, 32).contiguous()

    monkeypatch.setattr(policy, "frame_features", brightness)
    found = mirror_bends(policy, moments)
    assert found is not None
    assert found.slope_ci95[1] > -0.3
    assert abs(found.gain) < 0.1
