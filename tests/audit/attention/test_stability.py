"""Stability: structural similarity by its definition, and noise that is what it says."""

from __future__ import annotations

import numpy as np
import pytest

from wormdrive.audit.attention.stability import noisy, structural_similarity

C1, C2 = 0.01**2, 0.03**2


def test_a_map_is_like_itself() -> None:
    maps = np.random.default_rng(0).random((3, 39, 100))
    assert structural_similarity(maps, maps) == pytest.approx(1.0)


def test_of_flat_maps_only_brightness_counts() -> None:
    a, b = np.full((1, 39, 100), 0.2), np.full((1, 39, 100), 0.7)
    assert structural_similarity(a, b)[0] == pytest.approx((2 * 0.2 * 0.7 + C1) / (0.2**2 + 0.7**2 + C1))


def test_it_is_what_the_paper_defines() -> None:
    """Equation 13 place by place: a window of 11 x 11, normal, 1.5 pixels wide, with unit sum."""
    rng = np.random.default_rng(0)
    a = rng.random((1, 15, 20))
    b = np.clip(a + rng.normal(0, 0.2, a.shape), 0, 1)
    along = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(along, along) / along.sum() ** 2
    found = []
    for y in range(5, 10):
        for x in range(5, 15):
            p, q = (of[0, y - 5 : y + 6, x - 5 : x + 6] for of in (a, b))
            mean_p, mean_q = (window * p).sum(), (window * q).sum()
            of_p, of_q = (window * (p - mean_p) ** 2).sum(), (window * (q - mean_q) ** 2).sum()
            both = (window * (p - mean_p) * (q - mean_q)).sum()
            found.append(
                (2 * mean_p * mean_q + C1) * (2 * both + C2) / ((mean_p**2 + mean_q**2 + C1) * (of_p + of_q + C2))
            )
    assert structural_similarity(a, b)[0] == pytest.approx(np.mean(found))


def test_the_other_way_round_is_as_unlike_as_can_be() -> None:
    a = np.indices((1, 30, 30)).sum(0) % 2 * 1.0
    assert structural_similarity(a, 1 - a)[0] < -0.9


def test_noise_is_seeded_as_strong_as_told_and_stays_a_picture() -> None:
    grey = np.full((1, 200, 200, 3), 128, np.uint8)
    found = noisy(grey, 0.1, np.random.default_rng(3))
    assert found.dtype == np.uint8
    assert (found.astype(float) - 128).std() == pytest.approx(25.5, rel=0.02)
    assert np.array_equal(found, noisy(grey, 0.1, np.random.default_rng(3)))
    assert noisy(np.full_like(grey, 255), 0.3, np.random.default_rng(0)).max() == 255
