from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.seasons.conditions import Conditions
from wormdrive.scenarios.cockpit.fading import FADE_S, Fade

SUMMER, WINTER = Conditions.preset("summer"), Conditions.preset("winter", "snowfall")
DT = 1.0 / 30.0


def test_a_season_comes_within_a_second_and_without_a_jump() -> None:
    fade = Fade(SUMMER)
    assert not fade.advance(DT)
    fade.to(WINTER)
    snow = [fade.now.season.snow_cover]
    while fade.advance(DT):
        snow.append(fade.now.season.snow_cover)
    assert fade.now == WINTER
    assert len(snow) == pytest.approx(FADE_S / DT, abs=1.5)
    steps = np.diff(snow)
    assert (steps > 0.0).all()
    assert steps.max() < 1.6 * steps.mean()


def test_a_picture_dissolves_from_one_season_to_the_other() -> None:
    fade = Fade(SUMMER)
    fade.to(WINTER)
    shares = []
    while fade.advance(DT) and not fade.over:
        assert fade.ends is not None
        old, new, share = fade.ends
        assert (old, new) == (SUMMER, WINTER)
        shares.append(share)
    assert fade.ends is None
    steps = np.diff([0.0, *shares, 1.0])
    assert (steps > 0.0).all()
    assert steps.max() < 1.6 * DT / FADE_S


def test_minds_change_midway() -> None:
    fade = Fade(SUMMER)
    fade.to(WINTER)
    for _ in range(10):
        fade.advance(DT)
    midway = fade.now
    fade.to(Conditions.preset("spring"))
    assert fade.now == midway
    while fade.advance(DT):
        pass
    assert fade.now == Conditions.preset("spring")


def test_weather_alone_needs_no_second_picture() -> None:
    fade = Fade(SUMMER)
    fade.to(Conditions.preset("summer", "fog"))
    fade.advance(DT)
    assert fade.ends is None
