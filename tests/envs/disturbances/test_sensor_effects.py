from __future__ import annotations

import numpy as np
import pytest

from wormdrive.envs.disturbances.sensor_effects import GAMMA, exposure, noise
from wormdrive.envs.simulation.disturbances import Exposure, Noise

GREY = np.full((78, 200, 3), 128, np.uint8)


@pytest.mark.parametrize("deviation", [0.02, 0.1])
def test_noise_has_its_deviation_and_differs_from_frame_to_frame(deviation: float) -> None:
    first, then = (noise(GREY, Noise(deviation=deviation), 1, step).astype(float) - 128.0 for step in (0, 1))
    assert first.std() == pytest.approx(255.0 * deviation, rel=0.02)
    assert abs(first.mean()) < 0.5
    assert abs(np.corrcoef(first.ravel(), then.ravel())[0, 1]) < 0.03
    again = noise(GREY, Noise(deviation=deviation), 1, 0) - 128.0
    np.testing.assert_array_equal(first, again)
    assert (noise(GREY, Noise(deviation=deviation), 2, 0) - 128.0 != first).any()


def test_noise_ends_at_black_and_white() -> None:
    wild = noise(GREY, Noise(deviation=1.0), 1, 0)
    assert (wild == 0).mean() == pytest.approx((wild == 255).mean(), abs=0.02)
    assert (wild == 0).mean() > 0.25
    np.testing.assert_array_equal(noise(GREY, Noise(deviation=0.0), 1, 0), GREY)


def stops(step: int, seed: int = 1, most: float = 2.0, value: int = 60) -> float:
    lit = exposure(np.full((2, 2, 3), value, np.uint8), Exposure(stops=most, period_s=0.5), seed, step)
    return float(GAMMA * np.log2(lit[0, 0, 0] / value))


def test_exposure_jumps_within_its_stops() -> None:
    values = [stops(15 * k) for k in range(200)]
    assert np.abs(values).max() < 2.05
    assert min(values) < -1.7
    assert max(values) > 1.7
    for k in range(20):
        assert len({stops(15 * k + inside) for inside in range(15)}) == 1
    assert len(set(values)) > 30
    assert stops(0, most=1.0) == pytest.approx(0.5 * stops(0), abs=0.05)
    assert values != [stops(15 * k, seed=2) for k in range(200)]
    white = exposure(np.full((2, 2, 3), 250, np.uint8), Exposure(stops=8.0), 1, 15 * int(np.argmax(values)))
    assert white.max() <= 255
    np.testing.assert_array_equal(exposure(GREY, Exposure(stops=0.0), 1, 5), GREY)
