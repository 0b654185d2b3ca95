from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wormdrive.envs.rendering.camera.precipitation import draw_precipitation
from wormdrive.envs.seasons.appearance import APPEARANCE_SIZE, FLAKES, FOG, PRECIPITATION, WIND

WIDTH, HEIGHT = 800, 600


def fallen(seed: int, amount: float, *, flakes: float = 0.0, wind: float = 0.0) -> NDArray[np.float32]:
    """Green light (H, W) of what falls before a black picture."""
    vector = np.zeros(APPEARANCE_SIZE, np.float32)
    vector[FOG : FOG + 3], vector[PRECIPITATION], vector[FLAKES], vector[WIND] = 0.5, amount, flakes, wind
    planes = np.zeros((3, HEIGHT * WIDTH), np.float32)
    draw_precipitation(vector, np.uint32(seed), WIDTH, HEIGHT, 0, HEIGHT, WIDTH, *planes)
    return planes[1].reshape(HEIGHT, WIDTH)


@pytest.mark.parametrize("wind", [0.0, 0.5, 1.0])
def test_wind_slants_streaks_by_a_fifth_to_less_than_half(wind: float) -> None:
    """One streak a picture: a pixel in every row, ``wind`` times 0.2 to 0.45 to the right of the row above."""
    slants = []
    for seed in range(60):
        rows, columns = np.nonzero(fallen(seed, 1.5 / 260.0, wind=wind))
        if len(rows) > 40:
            np.testing.assert_array_equal(np.diff(rows), 1)
            slants.append((columns[-1] - columns[0]) / (rows[-1] - rows[0]))
    assert len(slants) > 10
    assert min(slants) >= 0.2 * wind - 0.025
    assert max(slants) <= 0.45 * wind
    assert np.mean(slants) == pytest.approx(0.325 * wind, abs=0.03)


def test_more_falls_with_the_amount_and_nothing_without() -> None:
    assert not fallen(1, 0.0).any()
    drizzle, shower = (np.count_nonzero(fallen(1, amount)) for amount in (0.2, 1.0))
    assert 4.0 * drizzle < shower < 6.5 * drizzle


def test_snow_falls_as_round_flakes_and_rain_as_streaks() -> None:
    """Of one flake rows and columns agree; a streak is one pixel wide."""
    for seed in range(20):
        rows, columns = np.nonzero(fallen(seed, 1.5 / 260.0, flakes=1.01))
        if len(rows) and 0 < rows.min() < rows.max() < HEIGHT - 1 and 0 < columns.min() < columns.max() < WIDTH - 1:
            assert np.ptp(rows) == np.ptp(columns)
        rows, columns = np.nonzero(fallen(seed, 1.5 / 260.0))
        assert len(np.unique(rows)) == len(rows)
        assert len(np.unique(columns)) <= 1
