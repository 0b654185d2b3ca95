from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wormdrive.envs.seasons import friction
from wormdrive.envs.seasons.conditions import SEASONS, WEATHERS, Conditions

share = st.floats(0.0, 1.0)


@given(dry=st.floats(0.05, 1.3), wetness=share, puddles=share, snow=share, litter=share)
def test_nothing_on_the_road_ever_helps(dry, wetness, puddles, snow, litter):
    got = friction.peak(dry, wetness, puddles, snow, litter)
    assert 0.0 < got <= dry
    assert friction.peak(dry, 0.0, 0.0, 0.0, 0.0) == dry
    for more in (
        friction.peak(dry, min(1.0, wetness + 0.1), puddles, snow, litter),
        friction.peak(dry, wetness, min(1.0, puddles + 0.1), snow, litter),
        friction.peak(dry, wetness, puddles, min(1.0, snow + 0.1), litter),
        friction.peak(dry, wetness, puddles, snow, min(1.0, litter + 0.1)),
    ):
        assert more <= got + 1e-12


def test_levels_of_the_source():
    assert 0.8 <= friction.peak(1.0, 0, 0, 0, 0) <= 1.0
    assert 0.7 <= friction.peak(1.0, 1.0, 0, 0, 0) <= 0.8
    assert friction.peak(1.0, 0, 0, 1.0, 0) == pytest.approx(friction.PACKED_SNOW)


def test_a_road_full_of_water_or_leaves_has_its_factor_of_the_grip_beneath():
    wet = friction.peak(1.0, 1.0, 0, 0, 0)
    assert wet == pytest.approx(0.72)
    assert friction.peak(1.0, 1.0, 1.0, 0, 0) == pytest.approx(0.85 * wet)
    assert friction.peak(1.0, 1.0, 0.5, 0, 0) == pytest.approx(0.925 * wet)
    assert friction.peak(1.0, 1.0, 0, 0, 1.0) == pytest.approx(0.75 * wet)
    assert friction.peak(1.0, 0, 0, 0, 1.0) == pytest.approx(0.875)  # dry leaves cost half as much


def test_presets_in_a_sensible_order():
    grip = {(s, w): Conditions.preset(s, w).friction for s in SEASONS for w in WEATHERS}
    assert grip["summer", "day"] > 0.95
    assert grip["summer", "day"] >= grip["spring", "day"] > grip["winter", "day"]
    assert grip["autumn", "day"] < grip["summer", "day"]
    for season in SEASONS:
        assert grip[season, "rain"] < grip["summer", "day"]
        assert grip[season, "dusk"] == grip[season, "day"]
    assert 0.28 <= grip["winter", "snowfall"] <= 0.36
    assert min(grip.values()) == grip["winter", "snowfall"]


@pytest.mark.parametrize("of", ["wetness", "puddles", "snow", "litter"])
def test_no_jumps(of):
    values = {"dry": 1.0, "wetness": 0.3, "puddles": 0.1, "snow": 0.1, "litter": 0.2}
    line = [friction.peak(**{**values, of: float(x)}) for x in np.linspace(0, 1, 1001)]
    assert np.abs(np.diff(line)).max() < 0.005
