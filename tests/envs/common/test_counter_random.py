from __future__ import annotations

import numpy as np

from wormdrive.envs.common.counter_random import stream_number, uniform, wander


def test_numbers_are_even_and_have_nothing_in_common() -> None:
    numbers = uniform(7, "wind", np.arange(20_000))
    assert 0.0 <= numbers.min() < numbers.max() < 1.0
    histogram = np.histogram(numbers, 20, (0.0, 1.0))[0]
    assert np.abs(histogram - 1000).max() < 150  # five standard deviations
    others = uniform(8, "wind", np.arange(20_000)), uniform(7, "ruts", np.arange(20_000)), np.roll(numbers, 1)
    for other in others:
        assert abs(np.corrcoef(numbers, other)[0, 1]) < 0.04


def test_a_number_is_the_same_alone_and_in_company() -> None:
    together = uniform(np.array([1, 2, 3]), "glare", np.array([9, 8, 7]))
    assert [uniform(seed, "glare", index)[0] for seed, index in ((1, 9), (2, 8), (3, 7))] == together.tolist()
    np.testing.assert_array_equal(uniform(5, "drop", np.arange(10))[:4], uniform(5, "drop", np.arange(4)))
    assert stream_number("drop") == 1880425762, "what recorded drives show depends on it"


def test_a_curve_wanders_smoothly_within_its_bounds() -> None:
    place = np.linspace(0.0, 500.0, 50_001)
    curve = wander(3, "ruts", place)
    assert np.abs(curve).max() <= 1.0
    assert curve.min() < -0.9
    assert curve.max() > 0.9
    assert np.abs(np.diff(curve)).max() < 2.0 * 1.5 * 0.01 + 1e-9  # the steepest ease over a fall of two
    np.testing.assert_array_equal(curve[::100], 2.0 * uniform(3, "ruts", np.arange(501)) - 1.0)
