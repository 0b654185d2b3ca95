from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.scenarios.cockpit.transition import TRANSITION_S, Transition

SUMMER, WINTER = Conditions.preset("summer"), Conditions.preset("winter", "snowfall")
DT = 1.0 / 30.0


def test_a_season_comes_within_a_second_and_without_a_jump() -> None:
    transition = Transition(SUMMER)
    assert not transition.advance(DT)
    transition.to(WINTER)
    snow = [transition.now.season.snow_cover]
    while transition.advance(DT):
        snow.append(transition.now.season.snow_cover)
    assert transition.now == WINTER
    assert len(snow) == pytest.approx(TRANSITION_S / DT, abs=1.5)
    steps = np.diff(snow)
    assert (steps > 0.0).all()
    assert steps.max() < 1.6 * steps.mean()


def test_a_picture_dissolves_from_one_season_to_the_other() -> None:
    transition = Transition(SUMMER)
    transition.to(WINTER)
    shares = []
    while transition.advance(DT) and not transition.over:
        assert transition.ends is not None
        old, new, share = transition.ends
        assert (old, new) == (SUMMER, WINTER)
        shares.append(share)
    assert transition.ends is None
    steps = np.diff([0.0, *shares, 1.0])
    assert (steps > 0.0).all()
    assert steps.max() < 1.6 * DT / TRANSITION_S


def test_another_season_may_be_wanted_midway() -> None:
    transition = Transition(SUMMER)
    transition.to(WINTER)
    for _ in range(10):
        transition.advance(DT)
    midway = transition.now
    transition.to(Conditions.preset("spring"))
    assert transition.now == midway
    while transition.advance(DT):
        pass
    assert transition.now == Conditions.preset("spring")


def test_weather_alone_needs_no_second_picture() -> None:
    transition = Transition(SUMMER)
    transition.to(Conditions.preset("summer", "fog"))
    transition.advance(DT)
    assert transition.ends is None
