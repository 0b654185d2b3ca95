from __future__ import annotations

import numpy as np

from wormdrive.training.domain_randomization import draw_conditions, steering_disturbance


def test_pushes_begin_early_and_scale() -> None:
    weak, strong = (steering_disturbance(300, 1 / 30, strength, np.random.default_rng(1)) for strength in (1.0, 2.0))
    np.testing.assert_allclose(2 * weak, strong)
    assert np.flatnonzero(weak)[0] < 30
    assert 0.1 < (weak != 0).mean() < 0.6
    assert not steering_disturbance(300, 1 / 30, 0.0, np.random.default_rng(1)).any()


def test_variants_keep_season_and_weather_and_differ() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_conditions("summer", ("night", "rain"), rng) for _ in range(12)]
    nights = [c for c in drawn if c.weather.sun_altitude_angle < 0]
    rains = [c for c in drawn if c.weather.precipitation > 50]
    assert len(nights) + len(rains) == 12
    assert nights
    assert rains
    assert len({c.lens.exposure for c in drawn}) == 12
